// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

struct CommonOptions: ParsableArguments {
  static let directoryVariable = "ALCOVE_RELAY_DIRECTORY"

  @Option(help: "The relay's directory: its keys, its settings, its store.")
  var directory: String =
    ProcessInfo.processInfo.environment[CommonOptions.directoryVariable] ?? "alcove-relay"

  @Flag(help: "Answer with one JSON object.")
  var json = false

  func validate() throws {
    guard !directory.isEmpty else { throw ValidationError("The directory's name is empty.") }
  }
}
