// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What all members agree on in an epoch, RFC 9420 section 8.1.
///
/// ```
/// struct {
///     ProtocolVersion version = mls10;
///     CipherSuite cipher_suite;
///     opaque group_id<V>;
///     uint64 epoch;
///     opaque tree_hash<V>;
///     opaque confirmed_transcript_hash<V>;
///     Extension extensions<V>;
/// } GroupContext;
/// ```
public struct GroupContext: Hashable, Sendable, WireCodable {
  public var version: ProtocolVersion
  public var cipherSuite: CipherSuite.Number
  public var groupID: GroupID
  public var epoch: Epoch
  public var treeHash: [UInt8]
  public var confirmedTranscriptHash: [UInt8]
  public var extensions: [Extension]

  public init(
    cipherSuite: CipherSuite, groupID: GroupID, epoch: Epoch, treeHash: [UInt8],
    confirmedTranscriptHash: [UInt8], extensions: [Extension]
  ) {
    version = .mls10
    self.cipherSuite = cipherSuite.number
    self.groupID = groupID
    self.epoch = epoch
    self.treeHash = treeHash
    self.confirmedTranscriptHash = confirmedTranscriptHash
    self.extensions = extensions
  }

  public init(from reader: inout WireReader) throws(WireError) {
    version = try reader.read()
    cipherSuite = try reader.read()
    groupID = try reader.read()
    epoch = try reader.read()
    treeHash = try reader.readOpaque()
    confirmedTranscriptHash = try reader.readOpaque()
    extensions = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(version)
    writer.write(cipherSuite)
    writer.write(groupID)
    writer.write(epoch)
    writer.writeOpaque(treeHash)
    writer.writeOpaque(confirmedTranscriptHash)
    writer.writeVector(extensions)
  }
}
