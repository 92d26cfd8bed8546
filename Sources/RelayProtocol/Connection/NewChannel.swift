// SPDX-License-Identifier: Apache-2.0

/// What a channel starts with.
public struct NewChannel: Sendable {
  public let id: ChannelID
  public let kind: ChannelClass
  public let token: TokenHash
  public let turn: TurnHash
  /// What it is paid with; nil for a relay that takes no postage, or may not.
  public var postage: PostageToken?

  public init(
    id: ChannelID, kind: ChannelClass, token: TokenHash, turn: TurnHash,
    postage: PostageToken? = nil
  ) {
    self.id = id
    self.kind = kind
    self.token = token
    self.turn = turn
    self.postage = postage
  }
}
