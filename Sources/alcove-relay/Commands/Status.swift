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
      if options.json {
        print(
          JSONText.of([
            "v": 1, "type": "status", "fingerprint": fingerprint,
            "channels": summary.openChannels, "closed": summary.closedChannels,
            "envelopes": summary.envelopes, "bytes": summary.bytes, "blobs": summary.blobs,
            "blob_bytes": summary.blobBytes,
          ]))
      } else {
        print("fingerprint  \(fingerprint)")
        print("channels     \(summary.openChannels) open, \(summary.closedChannels) closed")
        print("envelopes    \(summary.envelopes), \(summary.bytes / 1_024) KiB")
        print("blobs        \(summary.blobs), \(summary.blobBytes >> 20) MiB")
      }
    }
  }
}
