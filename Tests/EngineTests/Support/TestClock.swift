// SPDX-License-Identifier: Apache-2.0

import Engine
import Synchronization

/// A clock that moves when a test says so.
final class TestClock: EngineClock {
  private let seconds: Mutex<Int64>

  init(_ start: Int64 = 1_800_000_000) { seconds = Mutex(start) }

  func now() -> Int64 { seconds.withLock { $0 } }
  func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}
