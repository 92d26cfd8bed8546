// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Relay

struct OpenAPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "openapi",
    abstract: "Print the description of the protocol over HTTP, OpenAPI 3.1.")

  @Flag(help: "The description inside one JSON object, as other commands answer.")
  var json = false

  func run() throws {
    guard json else { return try Console.put(RelayDescriptionDocument.json + "\n") }
    let description = try JSONSerialization.jsonObject(
      with: Data(RelayDescriptionDocument.json.utf8))
    try Console.object(["v": 1, "type": "openapi", "description": description])
  }
}
