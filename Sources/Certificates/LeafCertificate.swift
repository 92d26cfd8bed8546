// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import WireFormat

/// The body of the MLS credential 0xF0A0: a device's statement that a leaf signature key of one
/// relationship is its own, as it was received and not yet checked.
///
/// ```
/// struct {
///   uint8 version = 1;
///   DeviceCertificate device;
///   opaque signature[64];   // by the device, over "Alcove 1.0 leaf", version, device certificate,
/// } LeafCertificate;        // relationship<V> and leaf key<V>; 203 bytes
/// ```
///
/// The leaf key stands in the MLS leaf node, and the relationship is known to whoever checks: neither is
/// repeated here, and a certificate moved to another leaf or relationship does not verify.
public struct LeafCertificate: Sendable, Hashable, WireEncodable, WireDecodable {
  /// The MLS credential type that carries it (RFC 9420 §17.5, private use).
  public static let credentialType: UInt16 = 0xF0A0
  /// Size in bytes.
  public static let length = 203
  static let version: UInt8 = 1
  static let label = Array("Alcove 1.0 leaf".utf8)

  public let device: DeviceCertificate
  let signature: [UInt8]

  /// Certifies a leaf key of this device.
  public static func issue(
    forLeafKey leafKey: [UInt8], relationship: [UInt8], device: VerifiedDevice,
    by deviceKey: borrowing Ed25519SigningKey
  ) throws(CertificateError) -> LeafCertificate {
    let certificate = LeafCertificate(
      device: device.certificate,
      signature: deviceKey.sign(message(device.certificate, relationship, leafKey)))
    _ = try certificate.verify(leafKey: leafKey, relationship: relationship)
    return certificate
  }

  /// Checks the whole chain: the identity certified the device, the device the leaf key.
  public func verify(
    leafKey: [UInt8], relationship: [UInt8]
  ) throws(CertificateError) -> VerifiedLeaf {
    let device = try device.verify()
    guard
      Ed25519.verify(
        signature: signature, message: Self.message(self.device, relationship, leafKey),
        publicKey: device.device.bytes)
    else { throw .deviceSignature }
    return VerifiedLeaf(device: device, leafKey: leafKey)
  }

  /// Parses exactly one certificate.
  public init(_ bytes: [UInt8]) throws(CertificateError) {
    do { self = try LeafCertificate(wireBytes: bytes) } catch { throw .malformed }
  }

  private init(device: DeviceCertificate, signature: [UInt8]) {
    self.device = device
    self.signature = signature
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(device)
    writer.writeFixed(signature)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    device = try reader.read()
    signature = try reader.readFixed(Ed25519.signatureLength)
  }

  private static func message(
    _ device: DeviceCertificate, _ relationship: [UInt8], _ leafKey: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter()
    writer.writeFixed(label)
    writer.write(version)
    writer.write(device)
    writer.writeOpaque(relationship)
    writer.writeOpaque(leafKey)
    return writer.bytes
  }
}
