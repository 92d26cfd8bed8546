// SPDX-License-Identifier: Apache-2.0

import Engine
import Synchronization

/// The one clock of a simulated world; it moves when the seed says so.
final class SimulatedTime: Sendable {
  private let seconds = Mutex<Int64>(1_800_000_000)

  var now: Int64 { seconds.withLock { $0 } }
  func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}

/// A device's clock: the world's, a little wrong, and far ahead for a while where the seed says so.
final class DeviceClock: EngineClock {
  private let time: SimulatedTime
  /// Seconds by which it is ahead, or behind.
  private let skew: Int64
  private let leap = Mutex<Int64>(0)

  init(time: SimulatedTime, skew: Int64) {
    self.time = time
    self.skew = skew
  }

  func now() -> Int64 { time.now + skew + leap.withLock { $0 } }

  /// Leaps ahead of what it showed, by nothing to be right again.
  func leap(by seconds: Int64) { leap.withLock { $0 = seconds } }
}
