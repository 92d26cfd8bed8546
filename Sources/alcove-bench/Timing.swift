// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How long things take.
enum Timing {
  /// The median over `rounds` of the time of one call, with `count` calls in a round, as the processor
  /// counts it for this thread: what else runs on the machine is not in it.
  static func median(
    rounds: Int = 15, count: Int, _ body: () throws -> Void
  ) rethrows -> Duration {
    var times: [Duration] = []
    for _ in 0..<rounds {
      let start = processorTime()
      for _ in 0..<count { try body() }
      times.append((processorTime() - start) / count)
    }
    return times.sorted()[rounds / 2]
  }

  /// The time on the clock of one call, with all waiting for disks and others in it.
  static func once(_ body: () throws -> Void) rethrows -> Duration {
    let start = ContinuousClock.now
    try body()
    return ContinuousClock.now - start
  }

  private static func processorTime() -> Duration {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

extension Duration {
  var microseconds: Double { self / .microseconds(1) }
  var seconds: Double { self / .seconds(1) }
}
