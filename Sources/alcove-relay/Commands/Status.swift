// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RelayLog

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "One screen: how many channels, how much they hold.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      let fingerprint = try home.fingerprint()
      let summary = try SQLiteRelayStore.summary(path: home.store)
      let isRecovering = try SQLiteRelayStore.isRecovering(path: home.store)
      if options.json {
        try Console.object([
          "v": 1, "type": "status", "fingerprint": fingerprint,
          "channels": summary.openChannels, "closed": summary.closedChannels,
          "envelopes": summary.envelopes, "bytes": summary.bytes, "blobs": summary.blobs,
          "blob_bytes": summary.blobBytes, "recovering": isRecovering,
        ])
      } else {
        var lines = [
          "fingerprint  \(fingerprint)",
          "channels     \(summary.openChannels) open, \(summary.closedChannels) closed",
          "envelopes    \(summary.envelopes), \(summary.bytes / 1_024) KiB",
          "blobs        \(summary.blobs), \(summary.blobBytes >> 20) MiB",
        ]
        if isRecovering {
          let minutes = SQLiteRelayStore.recoverySeconds / 60
          lines.append(
            "recovering   takes only what members put back, until \(minutes) minutes after its start"
          )
        }
        try Console.line(lines.joined(separator: "\n"))
      }
    }
  }
}
