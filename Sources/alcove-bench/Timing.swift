// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How long things take.
enum Timing {
  /// The mean time of one call out of `count`, as the processor counts it for this thread: while
  /// others have the processor, this clock stands.
  static func mean(count: Int, _ body: () throws -> Void) rethrows -> Duration {
    let start = processorTime()
    for _ in 0..<count { try body() }
    return (processorTime() - start) / count
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

extension [Duration] {
  /// The middle one, or the upper of the two in the middle.
  var median: Duration { sorted()[count / 2] }
}

extension [Double] {
  /// The middle one, or the upper of the two in the middle.
  var median: Double { sorted()[count / 2] }
}
