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
      let channels = try SQLiteRelayStore.knowledge(path: home.store)
      let open = channels.filter { $0.state == "open" }
      let envelopes = open.reduce(0) { $0 + $1.head }
      let bytes = open.reduce(0) { $0 + $1.bytes }
      let blobs = open.flatMap(\.blobs).filter { $0.state != "gone" }
      let blobBytes = blobs.reduce(0) { $0 + $1.parts } << 20
      if options.json {
        print(
          JSONText.of([
            "v": 1, "type": "status", "fingerprint": fingerprint, "channels": open.count,
            "closed": channels.count - open.count, "envelopes": envelopes, "bytes": bytes,
            "blobs": blobs.count, "blob_bytes": blobBytes,
          ]))
      } else {
        print("fingerprint  \(fingerprint)")
        print("channels     \(open.count) open, \(channels.count - open.count) closed")
        print("envelopes    \(envelopes), \(bytes / 1_024) KiB")
        print("blobs        \(blobs.count), \(blobBytes >> 20) MiB")
      }
    }
  }
}
