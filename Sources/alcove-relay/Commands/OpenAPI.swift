// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Relay

struct OpenAPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "openapi",
    abstract: "Print the description of the protocol over HTTP, OpenAPI 3.1.")

  func run() throws { try Console.put(RelayDescriptionDocument.json + "\n") }
}
