// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Relay
import ServiceLifecycle
import UnixSignals

/// Keeps what a serving relay shows: takes a renewed certificate on SIGHUP and within a minute, and
/// renews the relay's own.
struct CertificateKeeper: Service {
  let files: TLSFiles
  let shown: ServerCertificate
  let logger: Logger
  /// Seconds since 1970.
  var clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
  /// Passes between two looks at the files; an error is the end.
  var pause: @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(60)) }

  func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals { _ = reload() }
      }
      group.addTask { await watch() }
      try? await gracefulShutdown()
      group.cancelAll()
    }
  }

  /// Looks at the files again and again.
  func watch() async {
    // When those that were taken had been written; nothing was, as far as this knows.
    var taken: [Date]?
    while (try? await pause()) != nil {
      // Before they are read: what is written meanwhile is found the next time.
      let written = files.written
      guard written != taken || files.isDue(shown, now: clock()) else { continue }
      taken = reload() ? written : nil
    }
  }

  /// A certificate that cannot be used is reported, and the old one shown on.
  private func reload() -> Bool {
    do {
      if try files.reload(into: shown, now: clock()) {
        RelayEvent.certificateChanged.log(to: logger)
      }
      return true
    } catch {
      RelayEvent.certificateRefused.log(to: logger)
      return false
    }
  }
}
