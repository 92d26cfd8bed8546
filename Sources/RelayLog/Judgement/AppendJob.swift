// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// An append as the writer sees it: the token and turn secret are hashes already.
package struct AppendJob: Sendable {
  package let channel: ChannelID
  package let token: TokenHash
  package let id: EnvelopeID
  /// SHA-256 of the turn secret shown, for a turn.
  package let turn: TurnHash?
  package let named: NamedHashes
  package let at: LogAt?
  /// The whole sealed envelope, exactly one size class.
  package let envelope: [UInt8]
  /// Computed when the body has come whole, outside the writer.
  package let entry: EntryHash

  package init(
    channel: ChannelID, token: TokenHash, id: EnvelopeID, turn: TurnHash?, named: NamedHashes,
    at: LogAt?, envelope: [UInt8]
  ) {
    self.channel = channel
    self.token = token
    self.id = id
    self.turn = turn
    self.named = named
    self.at = at
    self.envelope = envelope
    entry = EntryHash(id: id, named: named, envelope: envelope)
  }

  package init(_ append: Append) {
    self.init(
      channel: append.channel, token: append.token.hash, id: append.id, turn: append.turn?.hash,
      named: append.named, at: append.at, envelope: append.envelope)
  }

  /// What can be said without the store: a size that is no class, a turn without its hashes or the
  /// other way round. That turns are large, so as not to tell by their size, is for those who make them.
  package var malformation: RelayProblem? {
    guard SizeClass(byteCount: envelope.count) != nil else { return .sizeClass }
    guard (turn == nil) == named.isEmpty else { return .malformed }
    return nil
  }
}
