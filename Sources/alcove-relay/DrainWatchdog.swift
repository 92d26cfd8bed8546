// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Logging
import Relay
import ServiceLifecycle

/// Ends a process that cannot finish in its time, as on a disk that takes seconds for a flush.
///
/// Nothing acknowledged is lost by it: an answer follows its flush. Whoever still waits has no answer, and
/// asks again.
struct DrainWatchdog: Service {
  /// From the beginning of the drain, in seconds: systemd and others kill after ten.
  static let patience = 9.5
  /// EX_TEMPFAIL.
  static let exitCode: Int32 = 75

  let logger: Logger

  func run() async throws {
    try? await gracefulShutdown()
    let logger = logger
    // A thread of its own: those of tasks may be what hangs.
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: Self.patience)
      RelayEvent.drainOverdue.log(to: logger)
      _exit(Self.exitCode)
    }
  }
}
