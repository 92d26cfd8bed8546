// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// What is due after a while, to half a second: closing connections on which something takes too long,
/// a body that trickles or a reader that does not read, and telling those who wait that nothing came.
///
/// One task looks through all of them. A timer for each would cost every honest append more than its
/// judgement does, and every idle follower a task of its own.
final class Deadlines: Sendable {
  private enum Due {
    case close(any Channel, Limit?)
    case call(@Sendable () -> Void)
  }

  private struct State {
    var next: UInt64 = 0
    var waiting: [UInt64: (end: ContinuousClock.Instant, due: Due)] = [:]
  }

  private let state = Mutex(State())
  private let metrics: RelayMetrics
  private let turns: BackgroundTurns

  init(_ metrics: RelayMetrics, _ turns: BackgroundTurns) {
    self.metrics = metrics
    self.turns = turns
  }

  /// Closes `channel` in about `seconds`, unless it is stopped before; `limit` is what is counted then.
  func start(_ channel: any Channel, seconds: Int, _ limit: Limit?) -> UInt64 {
    add(seconds, .close(channel, limit))
  }

  /// Calls `body` in about `seconds`, unless it is stopped before.
  func start(seconds: Int, _ body: @escaping @Sendable () -> Void) -> UInt64 {
    add(seconds, .call(body))
  }

  private func add(_ seconds: Int, _ due: Due) -> UInt64 {
    let end = ContinuousClock.now + .seconds(seconds)
    return state.withLock { state in
      state.next += 1
      state.waiting[state.next] = (end, due)
      return state.next
    }
  }

  /// Has it be due in about `seconds` from now; false when it was due before.
  func postpone(_ number: UInt64, _ seconds: Int) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    return state.withLock { state in
      state.waiting[number]?.end = end
      return state.waiting[number] != nil
    }
  }

  /// False when it was due before.
  @discardableResult
  func stop(_ number: UInt64) -> Bool {
    state.withLock { $0.waiting.removeValue(forKey: number) != nil }
  }

  /// Looks twice a second, until the task is cancelled.
  func watch() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(500))
      let now = ContinuousClock.now
      let expired = state.withLock { state in
        let expired = state.waiting.filter { $0.value.end <= now }
        for number in expired.keys { state.waiting[number] = nil }
        return expired.values
      }
      for entry in expired {
        switch entry.due {
        case .close(let channel, let limit):
          if let limit { metrics.count(limit) }
          turns.call(on: channel.eventLoop) { channel.close(promise: nil) }
        case .call(let body): body()
        }
      }
    }
  }
}
