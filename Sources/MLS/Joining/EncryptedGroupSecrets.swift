// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// ```
/// struct {
///   KeyPackageRef new_member;
///   HPKECiphertext encrypted_group_secrets;
/// } EncryptedGroupSecrets;
/// ```
/// RFC 9420 section 12.4.3.1.
public struct EncryptedGroupSecrets: Hashable, Sendable, WireCodable {
  public let newMember: KeyPackageRef
  public let encryptedGroupSecrets: HPKECiphertext

  init(newMember: KeyPackageRef, encryptedGroupSecrets: HPKECiphertext) {
    self.newMember = newMember
    self.encryptedGroupSecrets = encryptedGroupSecrets
  }

  public init(from reader: inout WireReader) throws(WireError) {
    newMember = try reader.read()
    encryptedGroupSecrets = try reader.read()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(newMember)
    writer.write(encryptedGroupSecrets)
  }
}
