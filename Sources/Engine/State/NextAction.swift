// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol

/// What a relationship does next towards the relay, once everything there has been read.
enum NextAction: Sendable {
  /// Nothing is left to post.
  case rest
  /// Post these bytes: they are durable, and so is the state that made them.
  case append(PendingAppend)
}

/// What a relay answered to an append, as far as it matters.
enum AppendAnswer: Sendable {
  /// The relay says it holds the envelope at this position; believed once it is read back.
  case accepted(Position)
  /// The token is retired: definite.
  case retired
}
