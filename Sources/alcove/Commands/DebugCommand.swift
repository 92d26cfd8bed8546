// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine

/// `alcove debug`: for tests alone; answers only with ALCOVE_TEST_HOOKS=1.
struct DebugCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "debug", abstract: "for tests", shouldDisplay: false,
    subcommands: [DebugSecretsCommand.self])
}

/// `alcove debug secrets NAME`: every secret and id that a relay must never hold, for a scan of what it has.
struct DebugSecretsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "secrets", abstract: "for tests", usage: "NAME", shouldDisplay: false)
  static let examples: [String] = []
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.profile

  @Argument(help: "With whom.") var name: String
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    guard Environment.allowsTestHooks else {
      throw Failure(.unknownCommand, next: ["alcove help"])
    }
    let session = try tool.open()
    let secrets = try session.alcove.secretsExposedForScanning(LocalName(typed: name))
    tool.console.emit(
      "secrets",
      [
        "secrets": .array(
          secrets.map { ["label": .string($0.label), "hex": .string(hexadecimal($0.bytes))] })
      ])
    await session.close()
  }
}
