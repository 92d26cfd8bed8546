// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// The consent form as a client sees it before deciding.
struct FormView {
  let terms: Terms
  let console: Console

  private var summary: TermsSummary { TermsSummary(terms) }
  private var width: Int { max(40, min(console.width, 90)) }

  func showShort() {
    console.say("\(console.noteStyle(.strong, Printable.line(summary.practice))) invites you.")
    console.say()
    for (index, question) in summary.questions.enumerated() {
      say("  \(index + 1)  " + question.question, indent: 5)
    }
    console.say()
    for text in summary.text { say("  " + text, indent: 4) }
    console.say()
  }

  /// Every word that would be signed.
  func showAll() {
    for line in Printable.lines(terms.form.text) {
      for part in TextWidth.wrap(line, to: width) { console.line(part) }
    }
    console.say("SHA-256 of this form: \(hexadecimal(terms.form.hash))")
  }

  /// What was answered by flags, and the rest asked one by one: nothing is bundled.
  func answers(
    given: [Scope: Bool], yes: Bool, prompter: Prompter
  ) throws(Failure) -> [Scope: Bool] {
    for scope in given.keys where !terms.offered.contains(scope) {
      throw Failure(
        EngineError(.scopeNotOffered),
        detail: "\(scope.words) are not offered; offered are:"
          + " \(terms.scopes.map(\.scope.rawValue).joined(separator: ", "))")
    }
    var answers = given
    for offer in terms.scopes where answers[offer.scope] == nil {
      // `--yes` signs what was answered; what was not is not granted.
      if yes {
        answers[offer.scope] = false
        continue
      }
      answers[offer.scope] = try prompter.confirm(
        "  \(offer.scope.words)?", flag: "--scope \(offer.scope.rawValue)=yes or =no",
        onReturn: false)
    }
    return answers
  }

  func decide(
    yes: Bool, answers: [Scope: Bool], signAs: String, prompter: Prompter
  ) throws(Failure) {
    if yes { return }
    while true {
      switch try prompter.choice(
        "\n  [r]ead all  [s]ign  [d]ecline     ", of: ["read", "sign", "decline"], flag: "--yes")
      {
      case 0: showAll()
      case 1: return
      default: throw Failure(.cancelled, "declined; nothing was signed or sent")
      }
    }
  }

  func emit(expires: Int64) {
    console.emit(
      "offer",
      [
        "practice": .string(terms.practice.name), "expires_at": .time(LocalTime(seconds: expires)),
        "scopes": .array(
          terms.scopes.map { offer in
            [
              "scope": .string(offer.scope.rawValue), "purpose": .string(offer.purpose),
              "person": .optional(offer.person?.name),
            ]
          }),
        "valid_from": .string(terms.validFrom.rfc3339),
        "valid_until": .string(terms.validUntil.rfc3339), "form": .string(terms.form.text),
        "form_sha256": .string(hexadecimal(terms.form.hash)),
      ])
  }

  private func say(_ text: String, indent: Int) {
    for (index, line) in TextWidth.wrap(Printable.line(text), to: width - indent).enumerated() {
      console.say((index == 0 ? "" : String(repeating: " ", count: indent)) + line)
    }
  }
}

extension Failure {
  init(_ error: EngineError, detail: String) {
    self.init(error)
    message = detail
  }
}
