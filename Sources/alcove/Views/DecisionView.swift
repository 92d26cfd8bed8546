// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// What a counter-signature would put in force: every line it answers for, and the whole that follows.
struct DecisionView {
  let view: ConsentView
  let now: ConsentTime
  let console: Console

  private var waiting: ConsentState.Waiting { view.state.waiting(at: now) }

  /// The line that would be counter-signed.
  var line: LineHash? { waiting.line }

  /// What the client has asked for since the last counter-signature, oldest first: an acknowledgement
  /// names the newest of these lines and puts all of them in force.
  private var asked: [ConsentHistory.Entry] {
    let entries = ConsentHistory(view.ledger).entries
    let since = entries.lastIndex { $0.kind == .acknowledge }.map { $0 + 1 } ?? 0
    return entries[since...].filter { entry in
      switch entry.kind {
      case .grant, .amend, .renew, .withdraw: true
      case .terms, .acknowledge, .end: false
      }
    }
  }

  func show() {
    for entry in asked {
      console.say(
        "  line \(entry.index)  \(console.shown(entry.name)) \(Printable.line(entry.summary)).")
    }
    if case .needsDecision(_, let excess) = waiting {
      console.say("  Beyond the terms: \(Printable.line(excess.words)).")
    }
    guard let proposal = view.state.proposal else { return }
    let scopes = proposal.scopes.sorted().map(\.words).joined(separator: ", ")
    console.say(
      "  Once counter-signed: \(scopes.isEmpty ? "nothing" : scopes), until"
        + " \(proposal.validUntil.day).")
  }
}
