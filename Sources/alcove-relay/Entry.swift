// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// The entry: nothing happens before the process has given up what it must not have, and every error ends
/// in one form.
@main
enum Entry {
  static func main() async {
    ProcessHardening.apply()
    let typed = Array(CommandLine.arguments.dropFirst())
    do {
      try await run(typed)
      exit(0)
    } catch {
      let failure = error as? Failure ?? told(error, typed)
      failure.report(json: typed.contains("--json"))
      exit(failure.exit)
    }
  }

  private static func run(_ typed: [String]) async throws {
    do {
      var command = try AlcoveRelay.parseAsRoot(typed)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      // Help, the version and what manual pages are made from come as errors that are none.
      guard AlcoveRelay.exitCode(for: error).isSuccess else { throw error }
      try Console.put(AlcoveRelay.fullMessage(for: error) + "\n")
    }
  }

  /// The parser's message has a first line for people; usage follows, which --help shows better.
  private static func told(_ error: any Error, _ typed: [String]) -> Failure {
    let lines = AlcoveRelay.message(for: error).split(separator: "\n")
    var words = ["alcove-relay"]
    var commands = AlcoveRelay.configuration.subcommands
    for word in typed {
      guard let named = commands.first(where: { name(of: $0) == word }) else { break }
      words.append(word)
      commands = named.configuration.subcommands
    }
    let isUsage = AlcoveRelay.exitCode(for: error) == .validationFailure
    var message = lines.first.map(String.init) ?? "That is no command."
    // The parser speaks of the first flag behind it.
    if isUsage, !commands.isEmpty, let word = typed.dropFirst(words.count - 1).first,
      !word.hasPrefix("-")
    {
      let names = commands.map { name(of: $0) }.joined(separator: ", ")
      message = "\(words.joined(separator: " ")) has no command \"\(word)\". There are: \(names)."
    }
    return Failure(
      code: isUsage ? "usage" : "failed", exit: isUsage ? 64 : 1,
      message: message,
      next: [words.joined(separator: " ") + " --help"])
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? String(describing: command).lowercased()
  }
}
