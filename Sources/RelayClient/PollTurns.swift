// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// Whose turn it is to be polled, where streams do not pass: a few at a time, one behind the other.
///
/// A relay takes ten handshakes a second of one address, and one wait holds a connection. So a wait is as
/// long as lets all channels have their turn within the time of one.
struct PollTurns {
  /// How many are asked at a time.
  static let width = 8

  struct Turn: Sendable {
    let index: Int
    var subscription: Subscription
    var isBehind = false
    /// Since its last answer.
    var failures = 0
  }

  /// What is to be done with a turn that failed.
  enum Retry {
    case after(Duration)
    /// Nobody has had an answer for long: it is not this channel.
    case never
  }

  private var waiting: ArraySlice<Turn>
  private let patience: Duration
  /// Subscriptions that are not over.
  private var count: Int
  private var asked = 0
  /// Of all, since anybody had an answer.
  private var failures = 0

  init(_ subscriptions: [Subscription], patience: Duration) {
    waiting = subscriptions.enumerated().map { Turn(index: $0, subscription: $1) }[...]
    count = subscriptions.count
    self.patience = patience
  }

  /// The next turn, and how many seconds to wait for news.
  mutating func next() -> (turn: Turn, wait: Int)? {
    guard asked < Self.width, let turn = waiting.popFirst() else { return nil }
    asked += 1
    return (turn, turn.isBehind ? 0 : wait)
  }

  private var wait: Int {
    guard patience > .zero else { return 0 }
    let rounds = max(1, (count + Self.width - 1) / Self.width)
    return max(1, Int(patience.components.seconds) / rounds)
  }

  /// The answer has come; the subscription is asked for again when all others have been.
  mutating func answered(_ turn: Turn, after: Position, isBehind: Bool) {
    end()
    var turn = turn
    turn.subscription = Subscription(
      channel: turn.subscription.channel, token: turn.subscription.token, after: after)
    turn.isBehind = isBehind
    turn.failures = 0
    waiting.append(turn)
  }

  /// The answer has come, and no other will.
  mutating func finished() {
    end()
    count -= 1
  }

  /// The answer has come with nothing in it; the turn comes back with ``rested(_:)``.
  mutating func resting(_ turn: Turn) -> Turn {
    end()
    var turn = turn
    turn.failures = 0
    return turn
  }

  private mutating func end() {
    asked -= 1
    failures = 0
  }

  /// No answer has come. A turn that is to be taken again comes back with ``rested(_:)``.
  mutating func failed(_ turn: Turn) -> (turn: Turn, retry: Retry) {
    asked -= 1
    failures += 1
    var turn = turn
    turn.failures += 1
    guard failures < max(3, 2 * count) else { return (turn, .never) }
    return (turn, .after(.milliseconds(min(30_000, 250 << min(turn.failures, 7)))))
  }

  mutating func rested(_ turn: Turn) { waiting.append(turn) }
}
