// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tells whoever waits that the relay is going down.
final class Drain: Sendable {
  private struct State {
    var began: ContinuousClock.Instant?
    var followers = 0
    var isDraining: Bool { began != nil }
    var next: UInt64 = 0
    var handlers: [UInt64: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  var isDraining: Bool { state.withLock { $0.isDraining } }

  /// Calls `handler` when the drain begins, at once if it has; the number ends the interest.
  func register(_ handler: @escaping @Sendable () -> Void) -> UInt64 {
    let (number, isDraining) = state.withLock { state in
      state.next += 1
      if !state.isDraining { state.handlers[state.next] = handler }
      return (state.next, state.isDraining)
    }
    if isDraining { handler() }
    return number
  }

  func remove(_ number: UInt64) { state.withLock { $0.handlers[number] = nil } }

  /// How many followed when it began.
  var followers: Int { state.withLock { $0.followers } }

  /// How long ago it began.
  var milliseconds: Int {
    let lasting = state.withLock { $0.began.map { .now - $0 } ?? .zero }
    return Int(lasting / .milliseconds(1))
  }

  /// The first time counts.
  func begin(followers: Int = 0) {
    let handlers = state.withLock { state in
      guard !state.isDraining else { return [@Sendable () -> Void]() }
      state.began = .now
      state.followers = followers
      defer { state.handlers = [:] }
      return Array(state.handlers.values)
    }
    for handler in handlers { handler() }
  }
}
