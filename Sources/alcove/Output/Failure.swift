// SPDX-License-Identifier: Apache-2.0

import Engine

/// A refusal as a person reads it and as a program does: what happened, whether it is safe, what to
/// run next, and a code that `alcove explain` expands.
struct Failure: Error {
  var code: String
  var exit: ExitStatus
  var message: String
  var safe: String?
  var next: [String]
  /// Whom it is about, as typed on this device: what `--discreet` takes out of the words above.
  var person: String?

  init(code: String, exit: ExitStatus, message: String, safe: String? = nil, next: [String]) {
    self.code = code
    self.exit = exit
    self.message = message
    self.safe = safe
    self.next = next
  }

  /// A failure of the command line itself; `detail` takes the place of the usual sentence.
  init(_ code: ToolCode, _ detail: String? = nil, next: [String]? = nil) {
    let words = code.explanation
    self.init(
      code: code.rawValue, exit: code.exit, message: detail ?? words.what, safe: words.safe,
      next: next ?? words.next)
  }

  init(_ error: EngineError) {
    self.init(
      code: error.code.rawValue, exit: ExitStatus(error.exit), message: error.message,
      safe: error.safety,
      next: error.canBeRepeated
        ? ["the same command again", "alcove doctor"]
        : error.code.guidance.commands(about: error.name))
    person = error.name
  }

  /// Something was kept for the next sync.
  init(kept obstacle: EngineError) {
    self.init(obstacle)
    safe = obstacle.safetyWhenKept
    next = obstacle.code.guidance.commands(about: obstacle.name)
    // Never the same command again: it would be done twice.
    if !obstacle.isDelay, !obstacle.isFinal, !next.contains("alcove sync") {
      next.insert("alcove sync", at: 0)
    }
    if exit == .failed { exit = .unreachable }
  }

  /// A file that the system refused.
  init(_ failure: SystemFailure, path: String) {
    if failure.number == 28 || failure.number == 122 {  // ENOSPC, EDQUOT
      self.init(EngineError(.storeFull))
    } else {
      // The reason first: a sentence begins with a capital, and a file's name must stay as it is.
      self.init(
        .fileTrouble, "\(failure.reason): \(Printable.line(path))",
        next: path.hasPrefix("standard ") || path == "-"
          ? [] : ["ls -ld \(Shell.quoted(path)) \(Shell.quoted(Files.directory(of: path)))"])
    }
  }

  /// The same with initials in place of the name.
  var withoutName: Failure {
    guard let person, !person.isEmpty else { return self }
    var failure = self
    let initials = Printable.initials(person)
    // The engine's sentence is made anew: a name may also be a word of it.
    let known = EngineError.Code(rawValue: code)
    failure.message =
      known.flatMap { code in
        message == EngineError(code, about: person).message
          ? EngineError(code, about: initials).message : nil
      } ?? message.replacing(person, with: initials)
    failure.safe = safe?.replacing(person, with: initials)
    // The same for commands; in others the name is a word of its own, behind the program's.
    failure.next =
      known.flatMap { code in
        next == code.guidance.commands(about: person) ? code.guidance.commands(about: nil) : nil
      }
      ?? next.map {
        String("\($0) ".replacing(" \(Shell.quoted(person)) ", with: " NAME ").dropLast())
      }
    return failure
  }

  var json: JSON {
    var members: [JSON.Member] = [
      .init(name: "v", value: 1), .init(name: "type", value: "error"),
      .init(name: "code", value: .string(code)),
      .init(name: "exit", value: .count(exit.rawValue)),
      .init(name: "message", value: .string(message)),
    ]
    if let safe { members.append(.init(name: "safe", value: .string(safe))) }
    members.append(.init(name: "next", value: .strings(next)))
    return .object(members)
  }
}

extension EngineError {
  /// Whether it may pass by itself, so that the same command is worth another try where nothing was kept.
  fileprivate var canBeRepeated: Bool {
    switch code {
    case .relayUnreachable, .relayRefused, .relayRecovering, .relayFull, .muchToRead: true
    default: false
    }
  }
}

extension ExitStatus {
  init(_ exit: EngineError.Exit) {
    self = ExitStatus(rawValue: exit.rawValue) ?? .failed
  }
}
