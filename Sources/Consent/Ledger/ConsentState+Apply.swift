// SPDX-License-Identifier: Apache-2.0

extension ConsentState {
  /// Takes one line, or says why it has no place; a refused line changes nothing.
  ///
  /// What takes away counts at once and for every settlement, also for one dated ahead. What gives
  /// becomes part of the proposal and counts when it is acknowledged.
  public mutating func apply(_ event: ConsentEvent) throws(LedgerRule) {
    guard LineKind.mayBeSigned(event.body.kind, by: event.author) else { throw .author }
    switch event.body {
    case .terms(let terms):
      try requireOpen(event)
      newestOffer = Offer(line: event.line, terms: terms)
      isOfferOpen = true
    case .grant(let grant):
      try requireOpen(event)
      try apply(grant, event)
    case .acknowledge(let line):
      try requireOpen(event)
      try acknowledge(line, event)
    case .amend(let amendment):
      try requireOpen(event)
      let base = try proposalBase(event)
      let refused = Set(amendment.changes.filter { !$0.value }.keys)
      let accepted = Set(amendment.changes.filter(\.value).keys)
      takeAway(refused, at: event.time)
      proposal = Proposal(
        line: event.line, offer: base.offer,
        scopes: base.scopes.subtracting(refused).union(accepted), validUntil: base.validUntil,
        time: event.time)
    case .renew(let renewal):
      try requireOpen(event)
      let base = try proposalBase(event)
      shorten(to: renewal.validUntil)
      proposal = Proposal(
        line: event.line, offer: base.offer, scopes: base.scopes,
        validUntil: renewal.validUntil, time: event.time)
    case .withdraw(let withdrawal):
      try withdraw(withdrawal, event)
    case .end:
      guard stage != .offered else { throw .phase(.offered) }
      if ending == nil { end(.ended(by: event.author), at: event.time) }
    }
  }

  /// This state as it binds a device that has signed `withdrawals` which have not landed yet.
  public func bound(by withdrawals: [Withdrawal], at time: ConsentTime) -> ConsentState {
    var state = self
    for withdrawal in withdrawals {
      switch withdrawal {
      case .everything:
        if state.ending == nil { state.end(.withdrawn, at: time) }
      case .scopes(let scopes):
        state.takeAway(scopes, at: time)
      }
    }
    return state
  }

  // MARK: Kinds

  private mutating func apply(_ grant: Grant, _ event: ConsentEvent) throws(LedgerRule) {
    guard isOfferOpen else { throw .termsAnswered }
    guard grant.formHash == newestOffer.terms.form.hash else { throw .formHash }
    isOfferOpen = false
    // The new answer replaces the old one: what it does not accept any more is gone at once.
    takeAway(Set(Scope.allCases).subtracting(grant.accepted), at: event.time, noting: false)
    withdrawn = [:]
    shorten(to: grant.validUntil)
    proposal = Proposal(
      line: event.line, offer: newestOffer, scopes: grant.accepted,
      validUntil: grant.validUntil, time: event.time)
    // A further grant before the first counter-signature (founding anew) starts the days afresh.
    if stage != .settled { stage = .granted(since: event.time) }
  }

  private mutating func acknowledge(
    _ line: LineHash, _ event: ConsentEvent
  ) throws(LedgerRule) {
    if stage == .offered { throw .phase(.offered) }
    guard let proposal, proposal.line == line else { throw .acknowledgesAnother }
    settlements.append(
      Settlement(
        line: event.line, offer: proposal.offer, scopes: proposal.scopes,
        validUntil: proposal.validUntil, time: max(event.time, proposal.time)))
    for scope in proposal.scopes { withdrawn[scope] = nil }
    self.proposal = nil
    stage = .settled
  }

  private mutating func withdraw(
    _ withdrawal: Withdrawal, _ event: ConsentEvent
  ) throws(LedgerRule) {
    switch stage {
    case .offered: throw .phase(.offered)
    case .ended: return  // It may land here; there is nothing left to take.
    case .granted, .settled:
      switch withdrawal {
      case .everything: end(.withdrawn, at: event.time)
      case .scopes(let scopes): takeAway(scopes, at: event.time)
      }
    }
  }

  // MARK: Parts

  /// Every kind but `withdraw` and `end` needs a relationship that is neither ended nor lapsed.
  ///
  /// Whether it has lapsed is judged by the time in the line, never by a clock: every reader finds the
  /// same.
  private func requireOpen(_ event: ConsentEvent) throws(LedgerRule) {
    switch stage {
    case .ended: throw .phase(.ended)
    case .granted where phase(at: event.time) == .lapsed: throw .phase(.lapsed)
    default: return
    }
  }

  /// What a change starts from: the client's newest will.
  private func proposalBase(
    _ event: ConsentEvent
  ) throws(LedgerRule) -> (offer: Offer, scopes: Set<Scope>, validUntil: ConsentTime) {
    if let proposal { return (proposal.offer, proposal.scopes, proposal.validUntil) }
    guard let settlement = settlements.last else { throw .phase(.offered) }
    return (settlement.offer, settlement.scopes, settlement.validUntil)
  }

  private mutating func takeAway(_ scopes: Set<Scope>, at time: ConsentTime, noting: Bool = true) {
    if noting {
      let held = settlements.held.union(proposal?.scopes ?? [])
      for scope in scopes where held.contains(scope) { withdrawn[scope] = time }
    }
    settlements.takeAway(scopes)
    proposal?.scopes.subtract(scopes)
  }

  private mutating func shorten(to end: ConsentTime) {
    settlements.shorten(to: end)
  }

  private mutating func end(_ cause: Ending.Cause, at time: ConsentTime) {
    stage = .ended(Ending(cause: cause, time: time))
    proposal = nil
    isOfferOpen = false
  }
}

extension LineKind {
  /// Whose line each kind is.
  static func mayBeSigned(_ kind: LineKind, by role: ConsentRole) -> Bool {
    switch (kind, role) {
    case (.terms, .therapist), (.acknowledge, .therapist): true
    case (.grant, .client), (.amend, .client), (.renew, .client), (.withdraw, .client): true
    case (.end, .therapist), (.end, .client): true
    default: false
    }
  }
}
