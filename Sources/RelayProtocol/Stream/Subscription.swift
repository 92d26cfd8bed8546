// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// `struct { opaque channel[32]; opaque token[32]; uint64 after; } Subscription;`
public struct Subscription: Sendable, WireEncodable, WireDecodable {
  /// Size in bytes.
  public static let length = ChannelID.length + AccessToken.length + 8
  public let channel: ChannelID
  public let token: AccessToken
  /// The last position that the follower has.
  public let after: Position

  public init(channel: ChannelID, token: AccessToken, after: Position) {
    self.channel = channel
    self.token = token
    self.after = after
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(channel)
    writer.write(token)
    writer.write(after)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    channel = try reader.read()
    token = try reader.read()
    after = try reader.read()
  }
}
