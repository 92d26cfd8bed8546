// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Seals records under one data key.
///
///     sealed = version (1) || nonce (24) || XChaCha20-Poly1305(plaintext) || tag (16)
///     associated data = "Alcove 1.0 record" || table || owner (16) || generation (4) || row key
///
/// The nonce is random: at 192 bits no two records of a key ever share one, which a counter could
/// not promise to a store that is copied, or restored from an older state. The row key comes last in
/// the associated data and all before it have fixed lengths, so no two addresses give the same bytes.
public struct RecordSealer: Sendable {
  /// Which of its owner's data keys this is.
  public let generation: KeyGeneration
  private let key: SharedSecret

  /// Bytes in a data key.
  public static let keyCount = 32
  /// The longest record: a message of 1,000,000 bytes, a large group and room to spare.
  public static let maximumCount = 16 << 20

  private static let version: UInt8 = 1
  private static let nonceCount = 24
  private static let overhead = 1 + nonceCount + 16
  private static let label = Array("Alcove 1.0 record".utf8)

  /// Binds a sealer to a data key; nil unless it has 32 bytes.
  public init?(key: SharedSecret, generation: KeyGeneration) {
    guard key.count == Self.keyCount else { return nil }
    self.key = key
    self.generation = generation
  }

  /// Seals a record for one address.
  public func seal(
    _ plaintext: [UInt8], at address: RecordAddress, random: any RandomSource
  ) throws(StoreError) -> [UInt8] {
    guard plaintext.count <= Self.maximumCount,
      address.key.bytes.count <= RecordKey.maximumCount
    else { throw .tooLarge }
    let nonce = random.bytes(Self.nonceCount)
    do {
      let ciphertext = try XChaCha20Poly1305.seal(
        plaintext, key: key, nonce: nonce, associatedData: associatedData(address))
      var sealed: [UInt8] = []
      sealed.reserveCapacity(1 + nonce.count + ciphertext.count)
      sealed.append(Self.version)
      sealed += nonce
      sealed += ciphertext
      return sealed
    } catch {
      throw .integrity
    }
  }

  /// Opens what was sealed for the same address; every other answer is ``StoreError/integrity``.
  public func open(_ sealed: [UInt8], at address: RecordAddress) throws(StoreError) -> [UInt8] {
    guard sealed.count >= Self.overhead, sealed[0] == Self.version else { throw .integrity }
    do {
      return try XChaCha20Poly1305.open(
        Array(sealed[(1 + Self.nonceCount)...]), key: key,
        nonce: Array(sealed[1...Self.nonceCount]), associatedData: associatedData(address))
    } catch {
      throw .integrity
    }
  }

  private func associatedData(_ address: RecordAddress) -> [UInt8] {
    var bytes = Self.label
    bytes.reserveCapacity(bytes.count + 21 + address.key.bytes.count)
    bytes.append(address.table.rawValue)
    bytes += address.owner.bytes
    for shift in [24, 16, 8, 0] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: generation.value >> shift))
    }
    bytes += address.key.bytes
    return bytes
  }
}
