// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What lets new members in, RFC 9420 section 12.4.3.1.
///
/// ```
/// struct {
///   CipherSuite cipher_suite;
///   EncryptedGroupSecrets secrets<V>;
///   opaque encrypted_group_info<V>;
/// } Welcome;
/// ```
public struct Welcome: Hashable, Sendable, WireCodable {
  public let cipherSuite: CipherSuite.Number
  public let secrets: [EncryptedGroupSecrets]
  public let encryptedGroupInfo: [UInt8]

  init(
    cipherSuite: CipherSuite.Number, secrets: [EncryptedGroupSecrets], encryptedGroupInfo: [UInt8]
  ) {
    self.cipherSuite = cipherSuite
    self.secrets = secrets
    self.encryptedGroupInfo = encryptedGroupInfo
  }

  public init(from reader: inout WireReader) throws(WireError) {
    cipherSuite = try reader.read()
    secrets = try reader.readVector()
    encryptedGroupInfo = try reader.readOpaque()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(cipherSuite)
    writer.writeVector(secrets)
    writer.writeOpaque(encryptedGroupInfo)
  }
}
