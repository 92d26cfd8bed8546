// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the relay into a new directory, also while it serves.",
    discussion: """
      The copy holds the identity key: keep it where nobody else reads it. `alcove-relay check --directory
      COPY` examines it. It is no relay before `alcove-relay restore` has made one of it. Blobs take no room in a copy on the same file system, where their files are \
      shared; so bring the copy to another disk.
      """)

  @OptionGroup var options: CommonOptions
  @Option(help: "The directory to make.") var to: String

  func validate() throws {
    guard !to.isEmpty else { throw ValidationError("The name of the directory to make is empty.") }
  }

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      _ = try home.identity()
      var lost = 0
      try home.copyFiles(to: to, under: .copying) {
        lost = try SQLiteRelayStore.backUp(path: home.store, to: to + "/relay.sqlite")
      }
      // The copy is whole, whether or not this directory may be written.
      try? home.noteBackup()
      guard lost == 0 else {
        throw Failure(
          code: "integrity", exit: 9,
          message:
            "Copied to \(to), but for \(lost) part\(lost == 1 ? "" : "s") of blobs: the relay has lost"
            + " \(lost == 1 ? "it" : "them"), or this disk cannot read \(lost == 1 ? "it" : "them").",
          next: ["alcove-relay check --directory \(home.word)"])
      }
      guard !options.json else {
        return try Console.object(["v": 1, "type": "backup", "directory": to])
      }
      try Console.line(
        "ok  copied to \(to)\nNext:  alcove-relay check --directory \(Shell.word(to))")
    }
  }
}
