// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct Version: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the version.")

  static let number = "0.1.0"

  @Flag(help: "Answer with one JSON object.")
  var json = false

  func run() throws {
    try Console.line(
      json
        ? #"{"type":"version","v":1,"version":"\#(Self.number)"}"# : "alcove-relay \(Self.number)")
  }
}
