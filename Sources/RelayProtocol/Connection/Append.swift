// SPDX-License-Identifier: Apache-2.0

/// One append, ready to be sent again byte for byte.
public struct Append: Sendable {
  public let channel: ChannelID
  public let token: AccessToken
  public let id: EnvelopeID
  /// Shown by a turn alone, together with ``named``.
  public let turn: TurnSecret?
  public let named: NamedHashes
  /// For a repair: the position that it must land on, and the chain before it. Nil for wherever the
  /// log ends.
  public let at: LogAt?
  /// The sealed envelope, exactly one size class.
  public let envelope: [UInt8]

  public init(
    channel: ChannelID, token: AccessToken, id: EnvelopeID, turn: TurnSecret? = nil,
    named: NamedHashes = .none, at: LogAt? = nil, envelope: [UInt8]
  ) {
    self.channel = channel
    self.token = token
    self.id = id
    self.turn = turn
    self.named = named
    self.at = at
    self.envelope = envelope
  }
}
