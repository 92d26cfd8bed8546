// SPDX-License-Identifier: Apache-2.0

/// The consent of a relationship at a point in time, for people: what `consent show` says.
public struct ConsentSummary: Equatable, Sendable {
  public enum Standing: Equatable, Sendable {
    case inForce
    /// Signed by the client, to count once it is acknowledged.
    case waiting
    /// Refused, for this reason.
    case off(Refusal)
  }

  public struct ScopeLine: Equatable, Sendable {
    public let scope: Scope
    /// What exactly it is, in the words of the practice.
    public let purpose: String?
    /// The person it names.
    public let person: String?
    public let standing: Standing
  }

  public let phase: ConsentPhase
  public let ending: ConsentState.Ending?
  public let practice: Terms.Practice
  /// The name the client signed with, once it has.
  public let client: String?
  /// Every scope that is offered, in force, waiting or withdrawn.
  public let scopes: [ScopeLine]
  public let validFrom: ConsentTime?
  public let validUntil: ConsentTime?
  public let terms: Terms
  /// Newer terms wait for the client's answer.
  public let newTermsWait: Bool
  public let waiting: ConsentState.Waiting
  public let erasureDue: ConsentTime?
  public let length: Int
  public let head: ConsentHead

  /// - Parameter state: the ledger's, or the ledger's as bound by a withdrawal not yet landed.
  public init(_ ledger: Ledger, state: ConsentState? = nil, at time: ConsentTime) {
    let state = state ?? ledger.state
    let settlement = state.settlement(at: time)
    let terms =
      settlement?.offer.terms ?? state.proposal?.offer.terms ?? state.newestOffer.terms
    self.terms = terms
    phase = state.phase(at: time)
    ending = state.ending
    practice = terms.practice
    client = ledger.newestGrant?.name
    validFrom = settlement?.validFrom ?? state.proposal?.offer.terms.validFrom
    validUntil = settlement?.validUntil ?? state.proposal?.validUntil
    newTermsWait = state.isOfferOpen && ledger.clientIdentity != nil
    waiting = state.waiting(at: time)
    erasureDue = state.erasureDue
    length = ledger.length
    head = ledger.head
    let settled = settlement?.scopes ?? []
    scopes = Scope.allCases.compactMap { scope -> ScopeLine? in
      let offer = terms.offer(of: scope)
      let proposed = state.proposal?.scopes.contains(scope) == true
      let withdrawn = state.withdrawn[scope] != nil
      guard offer != nil || proposed || settled.contains(scope) || withdrawn else { return nil }
      let standing: Standing =
        switch state.permits(scope, at: time, by: .client) {
        case .allowed: .inForce
        case .refused(.notAcknowledged) where proposed: .waiting
        case .refused(let refusal): .off(refusal)
        }
      return ScopeLine(
        scope: scope, purpose: offer?.purpose, person: offer?.person?.name, standing: standing)
    }
  }

  /// The summary as plain lines, without layout.
  public var text: [String] {
    var lines = [
      "Consent with \(practice.name) (\(practice.profession), \(practice.licence), "
        + "\(practice.jurisdiction)): \(phase.words)."
    ]
    if let client { lines.append("Signed as: \(client).") }
    switch ending?.cause {
    case .withdrawn: lines.append("Withdrawn by the client on \(ending?.time.day ?? "").")
    case .ended(let role): lines.append("Ended by the \(role) on \(ending?.time.day ?? "").")
    case nil: break
    }
    for line in scopes { lines.append(line.text) }
    if let validUntil, ending == nil {
      lines.append(
        phase == .expired
          ? "Expired on \(validUntil.day)."
          : "Valid until \(validUntil.day); the client can stop at any time, without a reason.")
    }
    switch waiting {
    case .nothing: break
    case .withinTerms: lines.append("A change waits for the therapist's next sync.")
    case .needsDecision(_, let excess):
      lines.append(
        "A change goes beyond the terms (\(excess.words)) and waits for the therapist's decision.")
    }
    if newTermsWait { lines.append("New terms wait for the client's answer.") }
    if let erasureDue { lines.append("The data is to be erased on \(erasureDue.day).") }
    lines.append("Kept: \(terms.data.retention)")
    lines.append("Who can read: \(terms.recipients.joined(separator: " "))")
    lines.append("Not for emergencies: \(terms.emergency.numbers.joined(separator: ", "))")
    return lines
  }
}

extension ConsentSummary.ScopeLine {
  var text: String {
    let mark =
      switch standing {
      case .inForce: "yes"
      case .waiting: "waiting for the counter-signature"
      case .off(let refusal): "no (\(refusal))"
      }
    let about = [purpose, person].compactMap(\.self).joined(separator: ", ")
    return about.isEmpty ? "\(scope.words): \(mark)" : "\(scope.words) - \(about): \(mark)"
  }
}

extension ConsentState.Excess {
  /// What goes beyond, in a person's words.
  public var words: String {
    var parts = scopes.sorted().map(\.words)
    if let validUntil { parts.append("until \(validUntil.day)") }
    return parts.joined(separator: ", ")
  }
}
