// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The clocks and the disk around a store.
package struct Surroundings: Sendable {
  /// Seconds since 1970.
  package var clock: @Sendable () -> Int64
  /// Milliseconds of a clock that never goes back.
  package var ticks: @Sendable () -> Int64
  /// What is free on the disk, in bytes.
  package var freeBytes: @Sendable () -> UInt64

  package init(
    clock: @escaping @Sendable () -> Int64,
    ticks: @escaping @Sendable () -> Int64 = Surroundings.ticks,
    freeBytes: @escaping @Sendable () -> UInt64
  ) {
    self.clock = clock
    self.ticks = ticks
    self.freeBytes = freeBytes
  }

  /// The disk under `path`, and the machine's own count of milliseconds.
  package init(at path: String, clock: @escaping @Sendable () -> Int64) {
    self.init(clock: clock) {
      var status = statvfs()
      guard unsafe statvfs(path, &status) == 0 else { return .max }
      let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
        by: UInt64(status.f_frsize))
      return overflow ? .max : bytes
    }
  }

  /// UTC day since 1970: nothing finer is stored.
  var day: Int64 { clock() / 86_400 }

  package static let ticks: @Sendable () -> Int64 = {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
