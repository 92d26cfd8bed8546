// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The help of a command: what the parser knows, then examples and exit codes.
enum HelpText {
  static func text(for path: [any ParsableCommand.Type], columns: Int) -> String {
    guard path.count > 1, let command = path.last else { return root }
    if !command.configuration.subcommands.isEmpty { return group(path) }
    let message = RootCommand.helpMessage(for: command, columns: min(columns, 100))
    var blocks = message.split(separator: "\n\n").map(String.init)
    let words = path.map { $0.commandWord }.joined(separator: " ")
    let arguments = command.configuration.usage ?? ""
    blocks.removeAll { $0.hasPrefix("OVERVIEW:") || $0.hasPrefix("USAGE:") }
    // What is particular to a command comes first.
    let common = blocks.filter { $0.hasPrefix("COMMON OPTIONS:") }
    blocks.removeAll { $0.hasPrefix("COMMON OPTIONS:") }
    let usage = ["USAGE: \(words)", arguments, "[options]"].filter { !$0.isEmpty }
    blocks =
      ["\(words): \(command.configuration.abstract)", usage.joined(separator: " ")]
      + blocks + common
    var text = blocks.map { trimmedEnd($0) }.joined(separator: "\n\n") + "\n"
    if let own = command as? any Command.Type { text += "\n" + ending(of: own) }
    return text
  }

  private static func trimmedEnd(_ text: String) -> String {
    var text = text
    while text.last == "\n" { text.removeLast() }
    return text
  }

  /// The listing of all commands, in groups.
  static var root: String {
    var text = """
      alcove: \(RootCommand.configuration.abstract)

      USAGE: alcove COMMAND [options]


      """
    for group in RootCommand.configuration.groupedSubcommands {
      var heading = group.name
      for command in group.subcommands where command.configuration.shouldDisplay {
        for (words, abstract) in listing(of: command, prefix: "") {
          text += TextWidth.pad(heading, to: 10) + TextWidth.pad(words, to: 26) + abstract + "\n"
          heading = ""
        }
      }
    }
    text += """

      alcove COMMAND --help    the options of a command, with examples and exit codes
      alcove explain           error codes and ideas in plain words

      Begin:  alcove init

      """
    return text
  }

  private static func group(_ path: [any ParsableCommand.Type]) -> String {
    guard let command = path.last else { return root }
    let words = path.map { $0.commandWord }.joined(separator: " ")
    var text = "\(command.configuration.abstract)\n\nUSAGE: \(words) COMMAND [options]\n\n"
    for (line, abstract) in listing(of: command, prefix: "") {
      text += "  " + TextWidth.pad(line, to: 26) + abstract + "\n"
    }
    return text + "\n\(words) COMMAND --help    options, examples and exit codes\n"
  }

  private static func listing(
    of command: any ParsableCommand.Type, prefix: String
  ) -> [(words: String, abstract: String)] {
    let words = prefix + command.commandWord
    let below = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    if below.isEmpty {
      let usage = command.configuration.usage ?? ""
      let arguments = usage.split(separator: " ").filter { !$0.hasPrefix("[-") }.joined(
        separator: " ")
      return [(arguments.isEmpty ? words : words + " " + arguments, command.configuration.abstract)]
    }
    return below.flatMap { listing(of: $0, prefix: words + " ") }
  }

  private static func ending(of command: any Command.Type) -> String {
    var text = "EXAMPLES:\n"
    for example in command.examples { text += "  \(example)\n" }
    text += "\nEXIT CODES:\n"
    for status in command.outcomes {
      text += "  \(TextWidth.pad(String(status.rawValue), to: 5))\(status.meaning)\n"
    }
    return text
  }
}
