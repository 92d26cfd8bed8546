// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What the relay knows of a channel when it judges an append.
package struct ChannelRow: Sendable, Hashable {
  package var token: TokenHash
  package var turn: TurnHash
  package var head: LogAt
  package var kind: ChannelClass
  package var envelopes: UInt64
  package var bytes: UInt64
  package var isClosed: Bool

  package init(
    token: TokenHash, turn: TurnHash, head: LogAt, kind: ChannelClass, envelopes: UInt64 = 0,
    bytes: UInt64 = 0, isClosed: Bool = false
  ) {
    self.token = token
    self.turn = turn
    self.head = head
    self.kind = kind
    self.envelopes = envelopes
    self.bytes = bytes
    self.isClosed = isClosed
  }

  /// A channel that starts now.
  package init(_ new: NewChannel) {
    self.init(
      token: new.token, turn: new.turn,
      head: LogAt(position: Position(0), chain: .founding(new.id)), kind: new.kind)
  }
}
