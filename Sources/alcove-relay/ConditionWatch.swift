// SPDX-License-Identifier: Apache-2.0

import Logging
import Relay
import RelayLog
import ServiceLifecycle

/// Logs when the disk, the clock, the recovery or the certificate of a serving relay changes for worse or better.
struct ConditionWatch: Service {
  let store: SQLiteRelayStore
  let gauges: RelayGauges
  let logger: Logger

  func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var conditions = Conditions()
        repeat {
          let events = conditions.see(
            freeBytes: RelayGauges.freeBytes(gauges.home.path),
            neededBytes: store.policy.freeBytes, isClockTrusted: store.isClockTrusted,
            isRecovering: store.isRecovering, isCertificateGood: gauges.isCertificateGood)
          for event in events { event.log(to: logger) }
        } while (try? await Task.sleep(for: .seconds(2))) != nil
      }
      try? await gracefulShutdown()
      group.cancelAll()
    }
  }
}
