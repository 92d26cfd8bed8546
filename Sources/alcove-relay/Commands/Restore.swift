// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a relay out of a backup, in a directory that is not there yet.",
    discussion: """
      The relay says that it is another incarnation. For its first 15 minutes it takes nothing but what \
      members put back, so that nobody writes on before the log is whole again.
      """)

  @OptionGroup var options: CommonOptions
  @Option(help: "The directory that `alcove-relay backup` made.") var from: String

  func run() async throws {
    try await Failure.reported(options) {
      let backup = RelayHome(path: from)
      guard backup.exists else {
        throw Failure(
          code: "no-backup", exit: 10,
          message: "There is no backup of a relay in \(from). Nothing was restored.",
          next: ["alcove-relay backup --directory RELAY --to COPY"])
      }
      _ = try backup.identity()
      let home = RelayHome(options)
      // A damaged copy is found before anything is made of it.
      guard let wrong = try? SQLiteRelayStore.findings(path: backup.store), wrong.isEmpty else {
        throw Failure(
          code: "integrity", exit: 9,
          message: "The backup in \(from) is damaged. Nothing was restored.",
          next: ["alcove-relay restore --from ANOTHER-BACKUP --directory \(home.path)"])
      }
      try backup.copyFiles(to: home.path) {
        try SQLiteRelayStore.restore(
          from: backup.store, to: home.store, day: Int64(Date().timeIntervalSince1970) / 86_400)
      }
      if options.json {
        print(JSONText.of(["v": 1, "type": "restore", "directory": home.path]))
      } else {
        print("ok  relay restored to \(home.path), as a new incarnation")
        print("Next:  alcove-relay serve --directory \(home.path)")
      }
    }
  }
}
