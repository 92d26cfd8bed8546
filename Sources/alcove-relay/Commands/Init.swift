// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a relay: its directory, its identity key, its store.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      try home.create()
      let store = try SQLiteRelayStore(
        path: home.store, opening: .creating, clock: { 0 }, onFailure: {})
      store.stop()
      let fingerprint = try home.fingerprint()
      if options.json {
        print(
          JSONText.of([
            "v": 1, "type": "relay", "directory": home.path, "fingerprint": fingerprint,
          ]))
      } else {
        print("ok  relay made in \(home.path), fingerprint \(fingerprint)")
        print("Next:  alcove-relay serve --directory \(home.path)")
      }
    }
  }
}
