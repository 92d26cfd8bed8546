// SPDX-License-Identifier: Apache-2.0

/// What a channel starts with.
public struct NewChannel: Sendable {
  public let id: ChannelID
  public let kind: ChannelClass
  public let token: TokenHash
  public let turn: TurnHash

  public init(id: ChannelID, kind: ChannelClass, token: TokenHash, turn: TurnHash) {
    self.id = id
    self.kind = kind
    self.token = token
    self.turn = turn
  }
}
