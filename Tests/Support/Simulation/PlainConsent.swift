// SPDX-License-Identifier: Apache-2.0

import Consent

/// The client's will, read from the lines in the plainest way: a second opinion on what may be sent.
///
/// It knows none of the rules that make a line valid; those that stand in a ledger are taken at their
/// word. Clocks in a simulated world differ by minutes, so that no line is ever dated ahead.
struct PlainConsent {
  private(set) var scopes: Set<Scope> = []
  private(set) var until: Int64 = .min
  private(set) var hasEnded = false
  private var proposed: (scopes: Set<Scope>, until: Int64)?

  init(_ lines: [VerifiedLine]) {
    for line in lines { take(line.body) }
  }

  func covers(_ scope: Scope, at time: Int64) -> Bool {
    !hasEnded && scopes.contains(scope) && time < until
  }

  mutating func take(_ body: LineBody) {
    switch body {
    case .terms: break
    case .grant(let grant):
      scopes.formIntersection(grant.accepted)
      until = min(until, grant.validUntil.seconds)
      proposed = (grant.accepted, grant.validUntil.seconds)
    case .amend(let amendment):
      let no = Set(amendment.changes.filter { !$0.value }.keys)
      let yes = Set(amendment.changes.filter(\.value).keys)
      let base = proposed ?? (scopes, until)
      scopes.subtract(no)
      proposed = (base.scopes.subtracting(no).union(yes), base.until)
    case .renew(let renewal):
      let base = proposed ?? (scopes, until)
      until = min(until, renewal.validUntil.seconds)
      proposed = (base.scopes, renewal.validUntil.seconds)
    case .acknowledge:
      if let proposed { (scopes, until) = proposed }
      proposed = nil
    case .withdraw(let withdrawal):
      take(withdrawal)
    case .end:
      hasEnded = true
    }
  }

  mutating func take(_ withdrawal: Withdrawal) {
    switch withdrawal {
    case .everything: hasEnded = true
    case .scopes(let taken):
      scopes.subtract(taken)
      proposed?.scopes.subtract(taken)
    }
  }
}
