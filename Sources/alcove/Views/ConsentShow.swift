// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// The consent in force, in plain language.
struct ConsentShow {
  let view: ConsentView
  let now: ConsentTime
  let console: Console

  private var summary: ConsentSummary {
    ConsentSummary(view.ledger, state: view.state, at: now)
  }

  func show() {
    let width = max(40, min(console.width, 100))
    for sentence in summary.text {
      // A name that is an initial brings its own full stop.
      let text =
        sentence.hasSuffix("..") && !sentence.hasSuffix("...")
        ? String(sentence.dropLast()) : sentence
      for (index, line) in TextWidth.wrap(Printable.line(text), to: width - 4).enumerated() {
        console.line((index == 0 ? "  " : "    ") + line)
      }
    }
    if let pending = view.pending {
      console.line(
        "  Your line (\(pending.sentence)) is signed and on its way:  \(console.command("alcove sync"))"
      )
    }
    let summary = self.summary
    let who = console.quoted(view.person.name)
    if view.person.newTermsWait { console.next("alcove consent renew \(who)") }
    if view.person.awaitsDecision { console.next("alcove consent acknowledge \(who)") }
    console.emit(
      "consent",
      [
        "person": .string(console.shown(view.person.name.text)),
        "phase": .string(summary.phase.token), "practice": .string(summary.practice.name),
        "signed_as": .optional(summary.client),
        "scopes": .array(summary.scopes.map(scope)),
        "permitted": .strings(view.permitted.sorted().map(\.rawValue)),
        "valid_from": .optional(summary.validFrom?.rfc3339),
        "valid_until": .optional(summary.validUntil?.rfc3339),
        "new_terms_wait": .bool(summary.newTermsWait),
        "awaits_acknowledgement": .bool(view.person.awaitsDecision),
        "pending": .optional(view.pending?.rawValue), "length": .count(summary.length),
        "head": .string(hexadecimal(summary.head.bytes)),
      ])
  }

  private func scope(_ line: ConsentSummary.ScopeLine) -> JSON {
    let standing: (String, String?) =
      switch line.standing {
      case .inForce: ("in_force", nil)
      case .waiting: ("waiting", nil)
      case .off(let refusal): ("off", refusal.code)
      }
    return [
      "scope": .string(line.scope.rawValue), "standing": .string(standing.0),
      "reason": .optional(standing.1), "purpose": .optional(line.purpose),
      "person": .optional(line.person),
    ]
  }
}
