// SPDX-License-Identifier: Apache-2.0

public import Certificates
public import Primitives
public import WireFormat

/// A client's identity private key, sealed to the recovery key and bound to its relationship.
///
/// ```
/// struct {
///   uint8 version = 1;
///   opaque enc<V>;          // X-Wing, 1,120 bytes
///   opaque ciphertext<V>;   // of the Ed25519 seed, with tag: 48 bytes
/// } SealedIdentity;
/// ```
///
/// HPKE info is `Alcove 1.0 sealed identity`, associated data the relationship id: the therapist's store
/// keeps it and hands it back, and cannot pass one relationship's off as another's.
public struct SealedIdentity: Sendable, Hashable, WireEncodable, WireDecodable {
  private static let version: UInt8 = 1
  private static let info = Array("Alcove 1.0 sealed identity".utf8)
  private let sealed: HPKESealed

  public static func seal(
    _ identity: borrowing Ed25519SigningKey, to key: RecoveryKey, relationship: [UInt8]
  ) throws(VaultError) -> SealedIdentity {
    do {
      let seed = try identity.seed().shared()
      return SealedIdentity(
        try RecoveryKey.suite.seal(
          seed, to: key.bytes, info: HPKEInfo(info), associatedData: relationship))
    } catch { throw .outOfMemory }
  }

  /// The identity, which must be the expected one if the caller knows it.
  public func open(
    with words: borrowing RecoveryWords, relationship: [UInt8], expecting: IdentityKey? = nil
  ) throws(VaultError) -> Ed25519SigningKey {
    let pair = try words.recoveryKeyPair()
    let identity = try unseal(pair.privateKey, relationship)
    if let expecting, expecting.bytes != identity.publicKey { throw .wrongRecoveryWords }
    return identity
  }

  private func unseal(
    _ privateKey: HPKEPrivateKey, _ relationship: [UInt8]
  ) throws(VaultError) -> Ed25519SigningKey {
    do {
      let seed = try RecoveryKey.suite.openSecret(
        sealed, privateKey: privateKey, info: Self.info, associatedData: relationship)
      return try Ed25519SigningKey(seed: SecretBytes(copying: seed))
    } catch { throw .wrongRecoveryWords }
  }

  private init(_ sealed: HPKESealed) { self.sealed = sealed }

  public func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeOpaque(sealed.encapsulatedKey)
    writer.writeOpaque(sealed.ciphertext)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    let enc = try reader.readOpaque(max: RecoveryKey.suite.kem.encapsulationLength)
    let ciphertext = try reader.readOpaque(max: Ed25519.seedLength + 16)
    guard enc.count == RecoveryKey.suite.kem.encapsulationLength,
      ciphertext.count == Ed25519.seedLength + 16
    else { throw .invalidValue }
    sealed = HPKESealed(encapsulatedKey: enc, ciphertext: ciphertext)
  }
}
