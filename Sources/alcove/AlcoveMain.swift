// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// The entry: nothing happens before the process has given up what it must not have.
@main
enum AlcoveMain {
  static func main() async {
    ProcessHardening.apply()
    let typed = Array(CommandLine.arguments.dropFirst())
    // Asked for by scripts and prompts, so it costs no parser.
    if typed == ["--version"] {
      Console().line("alcove \(Version.text)")
      exit(0)
    }
    // What manual pages and completions are made from, as swift-argument-parser's tools ask for it.
    if typed == ["--experimental-dump-help"] {
      do {
        _ = try RootCommand.parseAsRoot(typed)
      } catch {
        Console().line(RootCommand.message(for: error))
      }
      exit(0)
    }
    let status = await run(typed)
    exit(status.rawValue)
  }

  static func run(_ typed: [String]) async -> ExitStatus {
    let reader = CommandLineReader(typed)
    var console = Console()
    if reader.wantsJSON { console.form = .json }
    console.profile = reader.profile
    var place: String?
    do {
      if let unknown = reader.unknown, !reader.wantsHelp {
        throw refusal(of: unknown.word, among: unknown.names, in: reader)
      }
      if reader.wantsHelp || !reader.command.configuration.subcommands.isEmpty {
        if reader.wantsHelp || typed.isEmpty {
          var plain = console
          plain.form = .human
          plain.line(trimEnd(HelpText.text(for: reader.path, columns: console.width)))
          return .done
        }
        throw Failure(
          .usage, "\"\(reader.invocation)\" needs a command",
          next: ["\(reader.invocation) --help"])
      }
      if let failure = Coming.option(of: reader.words, among: reader.arguments) { throw failure }
      let command = try parse(reader)
      let tool = try Tool(
        command.common, needsConfiguration: type(of: command).needsConfiguration)
      console = tool.console
      place = tool.directories.data
      try await command.execute(tool)
      return .done
    } catch {
      let failure = Failure(any: error).considering(diskOf: place)
      console.report(failure)
      return failure.exit
    }
  }

  private static func parse(_ reader: CommandLineReader) throws(Failure) -> any Command {
    do {
      let parsed = try RootCommand.parseAsRoot(reader.arguments)
      guard let command = parsed as? any Command else {
        throw Failure(.usage, "\"\(reader.invocation)\" cannot be run")
      }
      return command
    } catch let failure as Failure {
      throw failure
    } catch {
      // What the parser says for people, with the list that may follow; then usage, which --help shows
      // better.
      let lines = RootCommand.message(for: error).split(separator: "\n").map { trim($0) }
      let message = lines.prefix { !$0.hasPrefix("Usage:") }.map {
        $0.hasPrefix("- ") ? String($0.dropFirst(2)) : $0
      }
      throw Failure(
        .usage,
        lowercasedFirst(
          message.isEmpty
            ? "wrong usage"
            : message[0]
              + (message.count > 1 ? " " + message.dropFirst().joined(separator: ", ") : "")),
        next: ["\(reader.invocation) --help"])
    }
  }

  private static func refusal(
    of word: String, among names: [String], in reader: CommandLineReader
  ) -> Failure {
    if Coming.words(behind: reader.words).contains(word) {
      return Coming.failure((reader.words + [word]).joined(separator: " "))
    }
    let typed = "\(reader.invocation) \(Printable.line(word))"
    guard let near = Suggestion.closest(to: word, among: names) else {
      return Failure(
        .unknownCommand, "there is no command \"\(typed)\"", next: ["\(reader.invocation) --help"])
    }
    return Failure(
      .unknownCommand,
      "there is no command \"\(typed)\"; did you mean \"\(reader.invocation) \(near)\"?",
      next: ["\(reader.invocation) \(near)", "\(reader.invocation) --help"])
  }

  private static func lowercasedFirst(_ text: String) -> String {
    let text = text.hasSuffix(".") ? String(text.dropLast()) : text
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func trimEnd(_ text: String) -> String {
    var text = text
    while text.last == "\n" { text.removeLast() }
    return text
  }
}
