// SPDX-License-Identifier: Apache-2.0

internal import Consent

extension Ledger {
  /// Throws if nothing that grants is to be signed upon this ledger now, since its last line is dated ahead of
  /// this device's clock.
  ///
  /// No line is dated before the one it stands on. One clock that is years ahead would so be handed on by
  /// every line that follows, none of which is in force until then. What takes away counts at once.
  func requireTime(at now: Int64) throws(EngineError) {
    guard !isDatedAhead(of: now) else { throw EngineError(.datedAhead) }
  }

  func isDatedAhead(of now: Int64) -> Bool { last.time.isAhead(of: now) }
}

extension LineBody {
  /// Whether it gives nobody anything: such a line counts at once, whatever its date.
  var onlyTakesAway: Bool {
    switch self {
    case .withdraw, .end: true
    case .amend(let amendment): !amendment.changes.values.contains(true)
    case .terms, .grant, .acknowledge, .renew: false
    }
  }
}

extension ConsentTime {
  /// Whether a line of this time grants nothing yet.
  func isAhead(of now: Int64) -> Bool {
    self > ConsentTime(clamping: now).adding(seconds: ConsentState.toleratedLead)
  }
}
