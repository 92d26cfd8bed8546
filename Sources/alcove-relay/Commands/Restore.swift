// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a relay out of a backup, in a directory that is not there yet.",
    discussion: """
      The relay says that it is another incarnation. For its first 15 minutes it takes no messages but those that \
      members put back, so that nobody writes on before the log is whole again.
      """)

  @OptionGroup var options: CommonOptions
  @Option(help: "The directory that `alcove-relay backup` made.") var from: String
  @Flag(
    help:
      "Take a copy that is not marked as a backup: of an earlier version, or made by other means.")
  var unmarked = false
  @Flag(
    help:
      "Take a backup in which something is wrong: what `alcove-relay check` names stays wrong, the rest is served."
  )
  var damaged = false

  func validate() throws {
    guard !from.isEmpty else { throw ValidationError("The name of the backup is empty.") }
  }

  func run() async throws {
    try await Failure.reported(options) {
      let backup = RelayHome(path: from)
      guard backup.exists else {
        throw Failure(
          code: "no-backup", exit: 10,
          message: "There is no backup of a relay in \(from). Nothing was restored.",
          next: ["alcove-relay backup --directory RELAY --to COPY"])
      }
      try backup.requireWhole()
      // A relay that went on beside its own restored copy would be a second one under one identity.
      guard !backup.isServed else {
        throw Failure(
          code: "in-use", exit: 11,
          message: "A relay is served from \(from): that is no backup. Nothing was restored.",
          next: ["alcove-relay backup --directory \(backup.word) --to COPY"])
      }
      guard backup.isBackup || unmarked else {
        throw Failure(
          code: "unmarked", exit: 1,
          message:
            "Nothing in \(from) says that it is a backup, and not a relay. Nothing was restored.",
          next: [
            "If it is a copy of an earlier version, or made by other means:",
            "alcove-relay restore --unmarked --from \(backup.word) --directory \(Shell.word(options.directory))",
          ])
      }
      do {
        _ = try backup.identity()
        // A pin that nobody can keep is as much damage as a hole in the store.
        if backup.hasAuthority { _ = try backup.authority() }
      } catch let error as RelayStoreError {
        throw Failure(error, directory: from)
      }
      let home = RelayHome(options)
      // A damaged copy is found before anything is made of it.
      let another = "alcove-relay restore --from ANOTHER-BACKUP --directory \(home.word)"
      let findings: [String]
      do throws(RelayStoreError) {
        findings = try SQLiteRelayStore.findings(path: backup.store)
      } catch {
        guard error == .integrity || error == .foreignFile else {
          throw Failure(error, directory: from)
        }
        throw Failure(
          code: "integrity", exit: 9,
          message: "The backup in \(from) is damaged. Nothing was restored.", next: [another])
      }
      guard findings.isEmpty || damaged else {
        throw Failure(
          findings: findings,
          message: "The backup in \(from) is damaged. Nothing was restored.",
          next: [
            another, "or, with what is named above as it is:",
            "alcove-relay restore --damaged --from \(backup.word) --directory \(home.word)",
          ])
      }
      // So is postage that nobody can check any more.
      if !damaged, try !SQLiteRelayStore.postage(path: backup.store).isEmpty {
        _ = try backup.postageKeys()
      }
      try backup.copyFiles(to: home.path, under: .restoring) {
        try SQLiteRelayStore.restore(
          from: backup.store, to: home.store, day: Int64(Date().timeIntervalSince1970) / 86_400)
      }
      guard !options.json else {
        return try Console.object([
          "v": 1, "type": "restore", "directory": home.path,
          "recovery_seconds": SQLiteRelayStore.recoverySeconds,
        ])
      }
      try Console.line(
        """
        ok  relay restored to \(home.path), as a new incarnation
            for its first \(SQLiteRelayStore.recoverySeconds / 60) minutes it takes no messages but those that members \
        put back; until then writing fails with "recovering"
        Next:  alcove-relay serve --directory \(home.word)
        """)
    }
  }
}
