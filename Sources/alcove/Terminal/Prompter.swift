// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Questions to a person; where there is nobody, each names the flag that answers it.
struct Prompter: Sendable {
  var console: Console

  /// Whether somebody can be asked; never in JSON form.
  var canAsk: Bool {
    guard !console.isJSON else { return false }
    return Terminal() != nil
  }

  func text(_ question: String, flag: String, fallback: String? = nil) throws(Failure) -> String {
    let terminal = try terminal(for: flag, about: question)
    let hint = fallback.map { " [\($0)]" } ?? ""
    while true {
      terminal.write("  \(question)\(hint):  ")
      guard let answer = try terminal.readLine() else { throw Failure(.cancelled) }
      let trimmed = trim(answer)
      if !trimmed.isEmpty { return trimmed }
      if let fallback { return fallback }
    }
  }

  /// Yes or no; the capital one is what Return means.
  func confirm(_ question: String, flag: String, onReturn: Bool) throws(Failure) -> Bool {
    let terminal = try terminal(for: flag, about: question)
    while true {
      terminal.write("\(question) \(onReturn ? "[Y/n]" : "[y/N]") ")
      guard let answer = try terminal.readLine() else { throw Failure(.cancelled) }
      switch trim(answer).lowercased() {
      case "": return onReturn
      case "y", "yes": return true
      case "n", "no": return false
      default: terminal.write("Please answer y or n.\n")
      }
    }
  }

  /// One of several, by its number, its first letter or its name.
  func choice(
    _ question: String, of options: [String], flag: String
  ) throws(Failure) -> Int {
    let terminal = try terminal(for: flag, about: question)
    while true {
      terminal.write(question)
      guard let answer = try terminal.readLine() else { throw Failure(.cancelled) }
      let typed = trim(answer).lowercased()
      if let number = Int(typed), (1...options.count).contains(number) { return number - 1 }
      let fitting = options.indices.filter {
        !typed.isEmpty && options[$0].lowercased().hasPrefix(typed)
      }
      if fitting.count == 1, let index = fitting.first { return index }
    }
  }

  /// The name of a severe act's object, typed in full.
  func typeName(_ name: String, toDo act: String) throws(Failure) {
    let terminal = try terminal(for: "--yes", about: act)
    terminal.write("\(act)  Type \"\(name)\" to go on:  ")
    guard try terminal.readLine().map(trim) == name else { throw Failure(.cancelled) }
  }

  /// A passphrase, wiped by whoever takes it over.
  func secret(_ prompt: String, flag: String) throws(Failure) -> [UInt8] {
    try terminal(for: flag, about: prompt).readSecret(prompt: prompt)
  }

  private func terminal(for flag: String, about question: String) throws(Failure) -> Terminal {
    guard !console.isJSON, let terminal = Terminal() else {
      throw Failure(
        .answerNeeded, "an answer is needed, and there is no terminal: \(trim(question)) (\(flag))",
        next: ["the same command with \(flag)"])
    }
    return terminal
  }
}

/// Without blanks and line ends at both sides.
func trim(_ text: some StringProtocol) -> String {
  var slice = Substring(text)
  while let first = slice.first, first.isWhitespace { slice.removeFirst() }
  while let last = slice.last, last.isWhitespace { slice.removeLast() }
  return String(slice)
}
