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

  func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals { reload() }
      }
      group.addTask {
        var written = files.written
        while (try? await Task.sleep(for: .seconds(60))) != nil {
          let isDue =
            files.isOwn && shown.expires - Self.now < PrivateAuthority.renewal
          guard isDue || files.written != written else { continue }
          reload()
          written = files.written
        }
      }
      try? await gracefulShutdown()
      group.cancelAll()
    }
  }

  /// A certificate that cannot be used is reported, and the old one shown on.
  private func reload() {
    do {
      try files.reload(into: shown, now: Self.now)
      RelayEvent.certificateChanged.log(to: logger)
    } catch {
      RelayEvent.certificateRefused.log(to: logger)
    }
  }

  private static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
