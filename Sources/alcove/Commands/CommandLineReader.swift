// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Looks at the arguments before the parser does: which command is meant, whether help is wanted, and
/// what was probably meant when there is no such command.
struct CommandLineReader {
  /// The commands from the root to the one meant.
  private(set) var path: [any ParsableCommand.Type] = [RootCommand.self]
  /// The words of `path` behind the root's.
  private(set) var words: [String] = []
  /// The arguments with options that stood before the command moved behind it, since options belong to
  /// commands.
  private(set) var arguments: [String] = []
  private(set) var wantsHelp = false
  /// The word that is no command, and the names it could have been.
  private(set) var unknown: (word: String, names: [String])?

  var command: any ParsableCommand.Type { path.last ?? RootCommand.self }
  /// As typed: `alcove consent show`.
  var invocation: String { path.map { $0.commandWord }.joined(separator: " ") }
  /// JSON is asked for, whether or not the rest can be parsed.
  let wantsJSON: Bool
  /// The profile that is named, likewise.
  let profile: String?

  init(_ typed: [String]) {
    let before = typed.prefix { $0 != "--" }
    wantsJSON = before.contains("--json")
    profile = Self.value(of: "--profile", in: Array(before))
    var leading: [String] = []
    var index = 0
    search: while index < typed.count {
      let word = typed[index]
      if word == "--" { break }
      let subcommands = command.configuration.subcommands
      if subcommands.isEmpty { break }
      if word.hasPrefix("-"), word != "-" {
        leading.append(word)
        if Self.takesValue.contains(word), index + 1 < typed.count {
          index += 1
          leading.append(typed[index])
        }
      } else if word == "help", path.count == 1 {
        wantsHelp = true
      } else if let next = subcommands.first(where: { $0.commandWord == word }) {
        path.append(next)
        words.append(word)
      } else {
        let shown = subcommands.filter { $0.configuration.shouldDisplay }
        unknown = (word, shown.map { $0.commandWord } + Coming.words(behind: words))
        break search
      }
      index += 1
    }
    let rest = typed[index...]
    wantsHelp =
      wantsHelp || leading.contains("--help") || leading.contains("-h")
      || rest.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    arguments = words + leading + rest
  }

  /// The last value that an option is given.
  private static func value(of option: String, in words: [String]) -> String? {
    var value: String?
    for (index, word) in words.enumerated() {
      if word == option, index + 1 < words.count { value = words[index + 1] }
      if word.hasPrefix(option + "=") { value = String(word.dropFirst(option.count + 1)) }
    }
    return value?.isEmpty == true ? nil : value
  }

  private static let takesValue: Set<String> = [
    "--profile", "--color", "--passphrase-fd", "--passphrase-file", "--passphrase-command",
  ]
}

extension ParsableCommand {
  /// The word a person types.
  static var commandWord: String { configuration.commandName ?? _commandName }
}
