// SPDX-License-Identifier: Apache-2.0

internal import Primitives
public import WireFormat

/// The public half of the recovery key pair, X-Wing, 1,216 bytes: whatever is sealed to it only the words
/// on paper open, today and on a quantum computer.
public struct RecoveryKey: Sendable, Hashable, WireEncodable, WireDecodable {
  static let suite = HPKESuite(kem: .xWing, kdf: .sha256, aead: .chaCha20Poly1305)
  public let bytes: [UInt8]

  /// Nil unless something can be sealed to the key.
  public init?(_ bytes: [UInt8]) {
    do { try Self.suite.validate(publicKey: bytes) } catch { return nil }
    self.bytes = bytes
  }

  public func encode(into writer: inout WireWriter) { writer.writeOpaque(bytes) }

  public init(from reader: inout WireReader) throws(WireError) {
    let bytes = try reader.readOpaque(max: Self.suite.kem.publicKeyLength)
    guard let key = RecoveryKey(bytes) else { throw .invalidValue }
    self = key
  }
}
