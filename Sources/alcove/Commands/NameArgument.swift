// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

extension LocalName {
  /// A name as typed.
  init(typed text: String) throws(Failure) {
    guard let name = LocalName(text) else { throw Failure(EngineError(.badName, about: text)) }
    self = name
  }
}

/// `text=yes`
struct ScopeAnswer: ExpressibleByArgument, Equatable, Sendable {
  let scope: Scope
  let isYes: Bool

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let scope = Scope(rawValue: parts[0].lowercased()) else { return nil }
    switch parts[1].lowercased() {
    case "yes", "y": isYes = true
    case "no", "n": isYes = false
    default: return nil
    }
    self.scope = scope
  }

  static var allValueStrings: [String] { Scope.allCases.map { "\($0.rawValue)=yes|no" } }

  /// One answer per scope, or a refusal.
  static func collect(_ answers: [ScopeAnswer]) throws(Failure) -> [Scope: Bool] {
    var collected: [Scope: Bool] = [:]
    for answer in answers {
      guard collected.updateValue(answer.isYes, forKey: answer.scope) == nil else {
        throw Failure(.usage, "--scope \(answer.scope.rawValue) is given twice")
      }
    }
    return collected
  }
}

/// A scope by its name.
struct ScopeName: ExpressibleByArgument, CustomStringConvertible, Sendable {
  let scope: Scope

  init?(argument: String) {
    guard let scope = Scope(rawValue: argument.lowercased()) else { return nil }
    self.scope = scope
  }

  var description: String { scope.rawValue }

  static var allValueStrings: [String] { Scope.allCases.map(\.rawValue) }
}

/// `2027-06-30`, the end of that day, or RFC 3339 in UTC.
struct DateArgument: ExpressibleByArgument, Sendable {
  let time: LocalTime

  init?(argument: String) {
    guard let time = LocalTime(reading: argument) else { return nil }
    self.time = time
  }

  var consentTime: ConsentTime { ConsentTime(clamping: time.seconds) }
}
