// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove chat NAME`
struct ChatCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "talk in one window", usage: "NAME")
  static let examples = [
    "alcove chat mara", "alcove chat mara --plain", "printf 'one\\ntwo\\n' | alcove chat mara",
  ]
  static let exits: [ExitStatus] = [.notFound, .consent] + ExitStatus.relay

  @Argument(help: "With whom.") var name: String
  @Option(help: ArgumentHelp("Show the newest so many first.", valueName: "n")) var last = 10
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let name = try LocalName(typed: name)
    let session = try tool.open()
    let earlier = try session.alcove.read(
      name, ReadSelection(last: max(0, last), marking: .unchanged))
    var chat = Chat(
      session: session, name: name, console: tool.console,
      screen: tool.console.form == .human
        ? ChatScreen(prompt: "\(tool.console.shown(name.text)) > ") : nil)
    try await chat.run(earlier)
    await session.close()
  }
}
