// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Closes connections on which something takes too long: a body that trickles, a reader that does not
/// read.
///
/// One task looks through all of them. A timer for each would cost every honest append more than its
/// judgement does.
final class Deadlines: Sendable {
  private struct State {
    var next: UInt64 = 0
    var waiting: [UInt64: (end: ContinuousClock.Instant, limit: Limit?, channel: any Channel)] = [:]
  }

  private let state = Mutex(State())
  private let metrics: RelayMetrics

  init(_ metrics: RelayMetrics) { self.metrics = metrics }

  /// Closes `channel` in about `seconds`, unless it is stopped before; `limit` is what is counted then.
  func start(_ channel: any Channel, seconds: Int, _ limit: Limit?) -> UInt64 {
    let end = ContinuousClock.now + .seconds(seconds)
    return state.withLock { state in
      state.next += 1
      state.waiting[state.next] = (end, limit, channel)
      return state.next
    }
  }

  func stop(_ number: UInt64) { state.withLock { _ = $0.waiting.removeValue(forKey: number) } }

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
        if let limit = entry.limit { metrics.count(limit) }
        entry.channel.close(promise: nil)
      }
    }
  }
}
