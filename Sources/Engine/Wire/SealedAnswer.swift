// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import WireFormat

/// A client's answer, sealed to the one-time key of the offer.
///
/// ```
/// struct { opaque enc<V>; opaque ciphertext<V>; } SealedAnswer;
/// ```
///
/// HPKE's `info` is "Alcove 1.0 answer" || SHA-256(offer): an answer to one offer opens for no other.
struct SealedAnswer: WireCodable, Equatable, Sendable {
  var sealed: HPKESealed

  /// The one-time key: X-Wing, since what is recorded today must not open to a quantum computer later.
  static let suite = HPKESuite(kem: .xWing, kdf: .sha384, aead: .aes256GCM)

  static func info(_ offer: [UInt8]) -> [UInt8] {
    Array("Alcove 1.0 answer".utf8) + Digest.sha256(offer)
  }

  init(_ answer: AnswerBody, to key: [UInt8], offer: [UInt8]) throws {
    sealed = try Self.suite.seal(answer.wireBytes, to: key, info: Self.info(offer))
  }

  /// The answer, or nil if it was not sealed for this key and offer.
  func open(_ key: SharedSecret, offer: [UInt8]) -> AnswerBody? {
    let key = HPKEPrivateKey(key, kem: Self.suite.kem)
    guard let bytes = try? Self.suite.open(sealed, privateKey: key, info: Self.info(offer)) else {
      return nil
    }
    return try? AnswerBody(wireBytes: bytes)
  }

  func encode(into writer: inout WireWriter) {
    writer.writeOpaque(sealed.encapsulatedKey)
    writer.writeOpaque(sealed.ciphertext)
  }

  init(from reader: inout WireReader) throws(WireError) {
    sealed = HPKESealed(
      encapsulatedKey: try reader.readOpaque(max: 4_096), ciphertext: try reader.readOpaque())
  }
}
