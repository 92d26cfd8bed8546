// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The body of group-context extension 0xF0A2, which never changes: where a relationship's envelopes
/// lie.
///
/// ```
/// struct {
///   uint8 version = 1;
///   opaque relay<V>;            // the encoded relay address
///   opaque channel[32];
///   opaque relationship[16];
/// } ChannelExtension;
/// ```
public struct ChannelExtension: Hashable, Sendable, WireEncodable, WireDecodable {
  public static let extensionType: UInt16 = 0xF0A2
  public static let version: UInt8 = 1
  /// The longest relay address, in bytes.
  public static let maximumRelayBytes = 1_024

  public let relay: [UInt8]
  /// 32 bytes.
  public let channel: [UInt8]
  public let relationship: RelationshipID

  /// Nil unless the channel id has 32 bytes and the address fits.
  public init?(relay: [UInt8], channel: [UInt8], relationship: RelationshipID) {
    guard channel.count == 32, relay.count <= Self.maximumRelayBytes else { return nil }
    self.relay = relay
    self.channel = channel
    self.relationship = relationship
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeOpaque(relay)
    writer.writeFixed(channel)
    writer.writeFixed(relationship.bytes)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    relay = try reader.readOpaque(max: Self.maximumRelayBytes)
    channel = try reader.readFixed(32)
    guard let relationship = RelationshipID(try reader.readFixed(16)) else { throw .truncated }
    self.relationship = relationship
  }
}
