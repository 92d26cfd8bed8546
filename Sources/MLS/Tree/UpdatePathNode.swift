// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// ```
/// struct {
///     HPKEPublicKey encryption_key;
///     HPKECiphertext encrypted_path_secret<V>;
/// } UpdatePathNode;
/// ```
/// RFC 9420 section 7.6.
public struct UpdatePathNode: Hashable, Sendable, WireCodable {
  public var encryptionKey: HPKEPublicKey
  public var encryptedPathSecret: [HPKECiphertext]

  public init(encryptionKey: HPKEPublicKey, encryptedPathSecret: [HPKECiphertext]) {
    self.encryptionKey = encryptionKey
    self.encryptedPathSecret = encryptedPathSecret
  }

  public init(from reader: inout WireReader) throws(WireError) {
    encryptionKey = try reader.read()
    encryptedPathSecret = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(encryptionKey)
    writer.writeVector(encryptedPathSecret)
  }
}
