// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// What a client answers to an offer.
///
/// ```
/// struct {
///   uint8 version = 1;
///   opaque certificate<V>;      // the client's identity and device
///   opaque sealed_identity<V>;  // the identity's private key, sealed to the client's recovery key
///   opaque key_package<V>;
///   opaque grant<V>;            // consent line 1, as signed
/// } AnswerBody;
/// ```
struct AnswerBody: WireCodable, Equatable, Sendable {
  static let version: UInt8 = 1

  var certificate: [UInt8]
  var sealedIdentity: [UInt8]
  var keyPackage: [UInt8]
  var grant: [UInt8]

  init(certificate: [UInt8], sealedIdentity: [UInt8], keyPackage: [UInt8], grant: [UInt8]) {
    self.certificate = certificate
    self.sealedIdentity = sealedIdentity
    self.keyPackage = keyPackage
    self.grant = grant
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeOpaque(certificate)
    writer.writeOpaque(sealedIdentity)
    writer.writeOpaque(keyPackage)
    writer.writeOpaque(grant)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    certificate = try reader.readOpaque(max: 4_096)
    sealedIdentity = try reader.readOpaque(max: 8_192)
    keyPackage = try reader.readOpaque(max: 65_536)
    grant = try reader.readOpaque(max: 131_072)
  }
}
