// SPDX-License-Identifier: Apache-2.0

import Engine
import Synchronization

/// The one clock of a simulated world; it moves when the seed says so.
final class SimulatedTime: Sendable {
  private let seconds = Mutex<Int64>(1_800_000_000)

  var now: Int64 { seconds.withLock { $0 } }
  func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}

/// A device's clock: the world's, a little wrong.
struct DeviceClock: EngineClock {
  let time: SimulatedTime
  /// Seconds by which it is ahead, or behind.
  let skew: Int64

  func now() -> Int64 { time.now + skew }
}
