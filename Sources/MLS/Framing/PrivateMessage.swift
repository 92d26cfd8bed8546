// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A message that is signed and encrypted, RFC 9420 section 6.3.
///
/// ```
/// struct {
///     opaque group_id<V>;
///     uint64 epoch;
///     ContentType content_type;
///     opaque authenticated_data<V>;
///     opaque encrypted_sender_data<V>;
///     opaque ciphertext<V>;
/// } PrivateMessage;
/// ```
public struct PrivateMessage: Hashable, Sendable, WireCodable {
  public let groupID: GroupID
  public let epoch: Epoch
  public let contentType: ContentType
  /// In the clear; authentic once the message has been opened.
  public let authenticatedData: [UInt8]
  public let encryptedSenderData: [UInt8]
  public let ciphertext: [UInt8]

  init(
    groupID: GroupID, epoch: Epoch, contentType: ContentType, authenticatedData: [UInt8],
    encryptedSenderData: [UInt8], ciphertext: [UInt8]
  ) {
    self.groupID = groupID
    self.epoch = epoch
    self.contentType = contentType
    self.authenticatedData = authenticatedData
    self.encryptedSenderData = encryptedSenderData
    self.ciphertext = ciphertext
  }

  public init(from reader: inout WireReader) throws(WireError) {
    groupID = try reader.read()
    epoch = try reader.read()
    contentType = try reader.read()
    authenticatedData = try reader.readOpaque()
    encryptedSenderData = try reader.readOpaque()
    ciphertext = try reader.readOpaque()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(groupID)
    writer.write(epoch)
    writer.write(contentType)
    writer.writeOpaque(authenticatedData)
    writer.writeOpaque(encryptedSenderData)
    writer.writeOpaque(ciphertext)
  }
}
