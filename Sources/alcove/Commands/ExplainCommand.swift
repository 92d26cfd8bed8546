// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine

/// `alcove explain CODE|TOPIC`
struct ExplainCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "an error code or an idea in plain words",
    usage: "CODE|TOPIC")
  static let examples = [
    "alcove explain consent-withdrawn", "alcove explain verify", "alcove explain   (lists all)",
  ]
  static let exits: [ExitStatus] = [.notFound]

  @Argument(help: ArgumentHelp("A code from an error, or a topic.", valueName: "code|topic"))
  var word: String?
  static let needsConfiguration = false

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) throws {
    guard let word else { return list(tool.console) }
    let console = tool.console
    var key = word.lowercased().replacing("_", with: "-")
    if let colon = key.lastIndex(of: ":") { key = String(key[key.index(after: colon)...]) }
    if let number = Int32(key), let status = ExitStatus(rawValue: number) {
      console.line("Exit code \(number): \(status.meaning).")
      console.emit("explanation", ["exit": .count(number), "text": .string(status.meaning)])
    } else if let topic = Topic(rawValue: key) {
      show(topic.title, topic.text, on: console)
      console.emit(
        "explanation",
        [
          "topic": .string(key), "title": .string(topic.title), "text": .string(topic.text),
        ])
    } else if let (words, exit) = Self.code(key) {
      show(
        "\(key)  (exit code \(exit.rawValue))",
        "\(Sentence.text(words.what)) \(words.safe) \(words.why)", on: console)
      for command in words.next { console.line("  Next:  \(command)") }
      console.emit(
        "explanation",
        [
          "code": .string(key), "exit": .count(exit.rawValue), "message": .string(words.what),
          "safe": .string(words.safe), "text": .string(words.why), "next": .strings(words.next),
        ])
    } else {
      let near = Suggestion.closest(to: key, among: Self.words)
      throw Failure(
        .unknownTopic,
        "there is no explanation under \"\(word)\""
          + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
        next: near.map { ["alcove explain \($0)"] } ?? ["alcove explain"])
    }
  }

  /// The words of a code of either kind.
  static func code(_ key: String) -> (Explanation, ExitStatus)? {
    if let code = EngineError.Code(rawValue: key) {
      let error = EngineError(code)
      let guidance = code.guidance
      let words = Explanation(
        error.message, safe: error.safety, next: guidance.commands(about: nil), why: guidance.why)
      return (words, ExitStatus(error.exit))
    }
    return ToolCode(rawValue: key).map { ($0.explanation, $0.exit) }
  }

  static var words: [String] {
    Topic.allCases.map(\.rawValue) + codes
  }

  private static var codes: [String] {
    Set(ToolCode.allCases.map(\.rawValue) + EngineError.Code.allCases.map(\.rawValue)).sorted()
  }

  private func show(_ title: String, _ text: String, on console: Console) {
    console.line(console.outStyle(.strong, title))
    console.line()
    for line in TextWidth.wrap(text, to: min(console.width, 84) - 2) { console.line("  " + line) }
    console.line()
  }

  private func list(_ console: Console) {
    console.line("Topics:")
    for topic in Topic.allCases {
      console.line("  \(TextWidth.pad(topic.rawValue, to: 14))\(topic.title)")
    }
    console.line("\nCodes:")
    for line in TextWidth.wrap(Self.codes.joined(separator: " "), to: min(console.width, 84) - 2) {
      console.line("  " + line)
    }
    console.emit(
      "explanations",
      ["topics": .strings(Topic.allCases.map(\.rawValue)), "codes": .strings(Self.codes)])
  }
}
