// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check directory, identity, store and clock, and say how to fix what is wrong.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      _ = try home.identity()
      // The whole store is read, which a running relay does not mind.
      let findings = try SQLiteRelayStore.findings(path: home.store)
      guard findings.isEmpty else { throw RelayStoreError.integrity }
      let year = Calendar(identifier: .gregorian).component(.year, from: Date())
      guard (2025...2100).contains(year) else {
        throw Failure(
          code: "clock", exit: 1, message: "The clock says it is the year \(year).",
          next: ["timedatectl"])
      }
      if options.json {
        print(
          JSONText.of([
            "v": 1, "type": "check", "identity": "ok", "store": "ok", "clock": "ok",
          ]))
      } else {
        print("ok  identity\nok  store\nok  clock")
      }
    }
  }
}
