// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import WireFormat

/// An identity's statement that a device speaks for it, as it was received and not yet checked.
///
/// ```
/// struct {
///   uint8 version = 1;
///   uint8 role;             // 1 therapist, 2 client
///   opaque identity[32];
///   opaque device[32];
///   uint64 serial;
///   opaque signature[64];   // by identity, over "Alcove 1.0 device" and what stands above
/// } DeviceCertificate;      // 138 bytes
/// ```
public struct DeviceCertificate: Sendable, Hashable, WireEncodable, WireDecodable {
  /// Size in bytes.
  public static let length = 138
  static let version: UInt8 = 1
  static let label = Array("Alcove 1.0 device".utf8)

  let role: Role
  let identity: IdentityKey
  let device: DeviceKey
  let serial: DeviceSerial
  let signature: [UInt8]

  /// Certifies a device: the one use of an identity's private key, but for its own succession.
  public static func issue(
    for device: DeviceKey, serial: DeviceSerial, role: Role,
    by identity: borrowing Ed25519SigningKey
  ) throws(CertificateError) -> VerifiedDevice {
    guard let key = IdentityKey(identity.publicKey) else { throw .invalidKey }
    let statement = statement(role, key, device, serial)
    let certificate = DeviceCertificate(
      role: role, identity: key, device: device, serial: serial,
      signature: identity.sign(label + statement))
    return try certificate.verify()
  }

  /// Checks the identity's signature.
  public func verify() throws(CertificateError) -> VerifiedDevice {
    let message = Self.label + Self.statement(role, identity, device, serial)
    guard
      Ed25519.verify(signature: signature, message: message, publicKey: identity.bytes)
    else { throw .identitySignature }
    return VerifiedDevice(
      role: role, identity: identity, device: device, serial: serial, certificate: self)
  }

  /// Parses exactly one certificate.
  public init(_ bytes: [UInt8]) throws(CertificateError) {
    do { self = try DeviceCertificate(wireBytes: bytes) } catch { throw .malformed }
  }

  private init(
    role: Role, identity: IdentityKey, device: DeviceKey, serial: DeviceSerial,
    signature: [UInt8]
  ) {
    self.role = role
    self.identity = identity
    self.device = device
    self.serial = serial
    self.signature = signature
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeFixed(Self.statement(role, identity, device, serial))
    writer.writeFixed(signature)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    role = try reader.read()
    identity = try reader.read()
    device = try reader.read()
    serial = try reader.read()
    signature = try reader.readFixed(Ed25519.signatureLength)
  }

  private static func statement(
    _ role: Role, _ identity: IdentityKey, _ device: DeviceKey, _ serial: DeviceSerial
  ) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: length)
    writer.write(version)
    writer.write(role)
    writer.write(identity)
    writer.write(device)
    writer.write(serial)
    return writer.bytes
  }
}
