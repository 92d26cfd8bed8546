// SPDX-License-Identifier: Apache-2.0

internal import Certificates
public import Primitives

/// The 24 words on paper: 256 random bits and a checksum of 8 (BIP39, English).
///
/// ```
/// 256 bits --HKDF-SHA256--> "Alcove 1.0 recovery key"        --DeriveKeyPair--> X-Wing key pair
///                      '--> "Alcove 1.0 therapist identity"  --> Ed25519 seed
/// ```
public struct RecoveryWords: ~Copyable, Sendable {
  /// How many words there are.
  public static let count = 24
  private static let entropyLength = 32

  private let entropy: SecretBytes

  /// Fresh words.
  public init(random: some RandomSource) throws(VaultError) {
    do { entropy = try SecretBytes(copying: random.secret(Self.entropyLength)) } catch {
      throw .outOfMemory
    }
  }

  /// Words as typed: any case, any white space, and four letters of each will do.
  public init(_ text: String) throws(RecoveryWordsError) {
    let typed = text.lowercased().split(whereSeparator: { !$0.isLetter })
    guard typed.count == Self.count else { throw .wrongCount(typed.count) }
    var bits = 0
    var held: UInt32 = 0
    var bytes: [UInt8] = []
    defer { bytes.wipe() }
    bytes.reserveCapacity(Self.entropyLength + 1)
    for (place, word) in typed.enumerated() {
      guard let index = WordList.english.index(of: String(word)) else {
        throw .unknownWord(at: place + 1)
      }
      held = held << 11 | UInt32(index)
      bits += 11
      while bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
      }
    }
    let checksum = bytes.removeLast()
    guard Digest.sha256(bytes)[0] == checksum else { throw .wrongChecksum }
    do { entropy = try SecretBytes(consumingAndWiping: &bytes) } catch { throw .outOfMemory }
  }

  /// The words, to be shown once and written on paper.
  public borrowing func words() -> [String] {
    var bytes = entropy.shared().exposedBytes()
    defer { bytes.wipe() }
    bytes.append(Digest.sha256(bytes)[0])
    var bits = 0
    var held: UInt32 = 0
    var words: [String] = []
    for byte in bytes {
      held = held << 8 | UInt32(byte)
      bits += 8
      if bits >= 11 {
        bits -= 11
        words.append(WordList.english[Int(held >> UInt32(bits) & 0x7ff)])
      }
    }
    return words
  }

  /// The key pair to which identities are sealed.
  borrowing func recoveryKeyPair() throws(VaultError) -> HPKEKeyPair {
    do {
      let seed = try derive("Alcove 1.0 recovery key")
      return try RecoveryKey.suite.deriveKeyPair(from: seed)
    } catch { throw .outOfMemory }
  }

  /// The public half, which the vault keeps.
  public borrowing func recoveryKey() throws(VaultError) -> RecoveryKey {
    guard let key = RecoveryKey(try recoveryKeyPair().publicKey) else { throw .outOfMemory }
    return key
  }

  /// A therapist's identity. It exists while it certifies a device, and otherwise on paper alone.
  public borrowing func therapistIdentity() throws(VaultError) -> Ed25519SigningKey {
    do {
      let seed = try derive("Alcove 1.0 therapist identity")
      return try Ed25519SigningKey(seed: SecretBytes(copying: seed))
    } catch { throw .outOfMemory }
  }

  private borrowing func derive(_ label: String) throws(PrimitiveError) -> SharedSecret {
    // The words are uniformly random: RFC 5869 §3.3 would allow to leave extraction out.
    let prk = HashAlgorithm.sha256.extract(
      salt: SharedSecret(Array("Alcove 1.0 recovery".utf8)), ikm: entropy.shared())
    return try HashAlgorithm.sha256.expand(prk, info: Array(label.utf8), count: 32)
  }
}
