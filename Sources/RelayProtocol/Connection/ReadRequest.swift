// SPDX-License-Identifier: Apache-2.0

/// What is read of a channel.
public struct ReadRequest: Sendable {
  public let channel: ChannelID
  public let token: AccessToken
  /// The last position that the reader has.
  public let after: Position
  /// About how many bytes of envelopes; at least one envelope comes.
  public let maximumBytes: Int
  /// How long to wait for something new, in seconds; 0 answers at once.
  public let wait: Int

  public init(
    channel: ChannelID, token: AccessToken, after: Position, maximumBytes: Int = 4 << 20,
    wait: Int = 0
  ) {
    self.channel = channel
    self.token = token
    self.after = after
    self.maximumBytes = maximumBytes
    self.wait = wait
  }
}
