// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine

/// `alcove watch`
struct WatchCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "follow, and stream what happens",
    discussion: "One at a time for each profile: of two, each shows what it fetched itself.")
  static let examples = ["alcove watch", "alcove watch --json | jq .", "alcove watch --discreet"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let console = tool.console
    console.say("Following; Ctrl-C ends it.")
    try await Watcher(session).run { event in
      let view = EventView(event: event, console: console)
      view.emit()
      if let line = view.line { console.line(line) }
    } obstacle: { error in
      guard let error else { return console.say("The relay answers again.") }
      console.warn("\(console.shown(error).message) Trying again.")
    }
    console.say("There is nobody to follow yet.")
    console.next("alcove people")
  }
}
