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
      safe: error.safety, next: error.code.guidance.commands(about: error.name))
  }

  /// A file that the system refused.
  init(_ failure: SystemFailure, path: String) {
    if failure.number == 28 || failure.number == 122 {  // ENOSPC, EDQUOT
      self.init(EngineError(.storeFull))
    } else {
      self.init(.fileTrouble, "\(Printable.line(path)): \(failure.reason)")
    }
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

extension ExitStatus {
  init(_ exit: EngineError.Exit) {
    self = ExitStatus(rawValue: exit.rawValue) ?? .failed
  }
}
