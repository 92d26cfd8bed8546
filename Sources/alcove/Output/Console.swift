// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc

/// Where output goes: data to stdout, everything that is said to a person to stderr.
struct Console: Sendable {
  /// `human` lays out, `plain` gives one record per line without boxes or cursor moves, `json` is for
  /// programs.
  enum Form: Sendable { case human, plain, json }

  var form = Form.human
  var outStyle = Style(isOn: false)
  var noteStyle = Style(isOn: false)
  /// Initials instead of names, no text of messages.
  var discreet = false
  /// The profile that was named on the command line; a command shown here names it too.
  var profile: String?

  var isJSON: Bool { form == .json }
  /// Whether a person sits in front of the output, so that it may be laid out for a screen.
  var isInteractive: Bool { form == .human && Descriptor.standardError.isTerminal }
  var width: Int { Terminal.size(of: .standardOutput)?.columns ?? 80 }

  // MARK: Data

  /// A line of data for a person; not in JSON form.
  func line(_ text: String = "") {
    if !isJSON { put(text + "\n", to: .standardOutput) }
  }

  /// One object for a program; in JSON form only.
  func emit(_ type: String, _ members: KeyValuePairs<String, JSON>) {
    guard isJSON else { return }
    var all: [JSON.Member] = [
      .init(name: "v", value: 1), .init(name: "type", value: .string(type)),
    ]
    all += members.map { JSON.Member(name: $0.key, value: $0.value) }
    put(JSON.object(all).text + "\n", to: .standardOutput)
  }

  /// An object whose members are known only at run time.
  func emit(_ members: [(String, JSON)]) {
    let object = JSON.object(members.map { JSON.Member(name: $0.0, value: $0.1) })
    if isJSON { put(object.text + "\n", to: .standardOutput) }
  }

  /// Bytes as they are.
  func data(_ bytes: [UInt8]) throws(Failure) {
    do {
      try Descriptor.standardOutput.write(bytes)
    } catch {
      if error.number == EPIPE { Glibc.exit(0) }
      throw Failure(error, path: "standard output")
    }
  }

  // MARK: What is said

  /// A line on stderr; silent in JSON form, so that an error is the last line there.
  func say(_ text: String = "") {
    if !isJSON { put(text + "\n", to: .standardError) }
  }

  func ok(_ text: String) { say("\(noteStyle(.good, "ok"))  \(text)") }

  func warn(_ text: String) { say("\(noteStyle(.warning, "!"))   \(text)") }

  /// The next commands.
  func next(_ commands: String...) { next(commands) }
  func next(_ commands: [String]) {
    guard !commands.isEmpty else { return }
    say(
      "Next:  "
        + commands.map { noteStyle(.strong, command($0)) }.joined(separator: "    then    "))
  }

  /// A command of this program for the profile in use, as it can be typed.
  func command(_ words: String) -> String {
    let needsNone = ["alcove explain", "alcove version", "alcove help", "alcove --"]
    guard let profile, words.hasPrefix("alcove "), !words.contains("--profile"),
      !words.hasSuffix("--help"), !needsNone.contains(where: words.hasPrefix)
    else { return words }
    return "alcove --profile \(Shell.quoted(profile)) " + words.dropFirst(7)
  }

  /// A next command as it may be shown and pasted.
  func shown(_ next: NextCommand) -> String {
    command(
      ([next.words] + [next.name.map(quoted)].compactMap(\.self)).joined(separator: " "))
  }

  /// A refusal: the last thing that is said.
  func report(_ failure: Failure) {
    let failure = shown(failure)
    if isJSON {
      put(failure.json.text + "\n", to: .standardError)
      return
    }
    let words = Printable.line(failure.message)
    // A name stays as it was typed: another spelling may be somebody else.
    let begins = failure.person.map { words.hasPrefix(Printable.line($0)) } ?? false
    say("\(noteStyle(.bad, "alcove:")) \(Sentence.text(words, beginsWithName: begins))")
    if let safe = failure.safe { say("  \(safe)") }
    for (index, command) in failure.next.enumerated() {
      say((index == 0 ? "  Next:  " : "         ") + noteStyle(.strong, Printable.line(command)))
    }
    say(noteStyle(.faint, "  More:  alcove explain \(failure.code)"))
  }

  // MARK: Names

  /// A person's name as it may be shown.
  func shown(_ name: String) -> String {
    discreet ? Printable.initials(name) : Printable.line(name)
  }

  /// The same for whom a refusal is about; its sentences are made anew.
  func shown(_ error: EngineError) -> EngineError {
    discreet ? EngineError(error.code, about: error.name.map(Printable.initials)) : error
  }

  func shown(_ failure: Failure) -> Failure {
    var failure = discreet ? failure.withoutName : failure
    failure.next = failure.next.map(command)
    return failure
  }

  /// The same as a word of a command; where names are not shown, what stands for one.
  func quoted(_ name: LocalName) -> String { quoted(name.text) }
  func quoted(_ name: String) -> String { discreet ? "NAME" : Shell.quoted(name) }

  private func put(_ text: String, to descriptor: Descriptor) {
    do {
      try descriptor.write(Array(text.utf8))
    } catch {
      // Whoever read this has left. Of what is said beside the data nobody hears then, and the command goes on to
      // its own outcome.
      guard descriptor == .standardOutput else { return }
      if error.number == EPIPE { Glibc.exit(0) }
      // Data that did not arrive must not count as shown: the command ends here.
      let failure = Failure(error, path: "standard output")
      report(failure)
      Glibc.exit(failure.exit.rawValue)
    }
  }
}
