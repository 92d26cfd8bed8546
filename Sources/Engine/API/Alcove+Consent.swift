// SPDX-License-Identifier: Apache-2.0

public import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
  /// The consent in force, and what it permits now.
  public func consent(with name: LocalName) throws(EngineError) -> ConsentView {
    try typed(about: name) {
      try look(try owner(of: name)) { room in
        let gate = try room.gate()
        return ConsentView(
          person: try room.person(), ledger: room.ledger, state: gate.state,
          permitted: gate.state.scopesInForce(at: ConsentTime(clamping: room.now)),
          pending: try room.waitingLines().first?.line.kind)
      }
    }
  }

  /// Switches scopes on or off; off counts at once, on when the therapist has acknowledged.
  public func amendConsent(
    with name: LocalName, changes: [Scope: Bool]
  ) async throws(EngineError) -> LinePosted {
    try await post(.amend(Amendment(changes: changes)), with: name, as: .client)
  }

  /// Answers the newest terms, each scope with its own yes or no; until then they change nothing.
  public func grantConsent(
    with name: LocalName, answers: [Scope: Bool], until: ConsentTime? = nil
  ) async throws(EngineError) -> LinePosted {
    try await typed(about: name) {
      try await postLine(with: name, as: .client) { room in
        let terms = room.ledger.state.newestOffer.terms
        guard Set(answers.keys).isSubset(of: terms.offered) else {
          throw EngineError(.scopeNotOffered)
        }
        guard let before = room.ledger.newestGrant else { throw EngineError(.consentLineRefused) }
        return .grant(
          Grant(
            answers: answers, name: before.name, representative: before.representative,
            validUntil: until ?? terms.validUntil, formHash: terms.form.hash,
            keyPackage: before.keyPackage))
      }
    }
  }

  public func renewConsent(
    with name: LocalName, until: ConsentTime
  ) async throws(EngineError) -> LinePosted {
    try await post(.renew(Renewal(validUntil: until)), with: name, as: .client)
  }

  /// Withdraws everything or some scopes. It binds this device from the moment it is signed, and is
  /// tried again until it has landed.
  public func withdrawConsent(
    with name: LocalName, _ withdrawal: Withdrawal
  ) async throws(EngineError) -> LinePosted {
    try await post(.withdraw(withdrawal), with: name, as: .client)
  }

  /// The same, signed and handed over as a file when no channel works. Nothing is sent.
  public func withdrawConsentToFile(
    with name: LocalName, _ withdrawal: Withdrawal
  ) throws(EngineError) -> [UInt8] {
    try typed(about: name) {
      var run = Run()
      return try step(try owner(of: name), &run) { room in
        try room.requireRole(.client)
        return try WithdrawalFile.write(try room.sign(.withdraw(withdrawal), origin: .person))
      }
    }
  }

  /// Takes a withdrawal that a client handed over, and carries it into the ledger.
  public func importWithdrawal(
    _ file: [UInt8]
  ) async throws(EngineError) -> (name: LocalName, posted: LinePosted) {
    try await typed {
      guard let line = try? WithdrawalFile.read(file) else { throw EngineError(.notAWithdrawal) }
      let owners = try everybody().filter { owner in
        try look(owner) { $0.ledger.relationship == line.relationship }
      }
      guard let owner = owners.first else { throw EngineError(.notAWithdrawal) }
      var run = Run()
      let name = try step(owner, &run) { room in
        if !room.ledger.contains(line.hash) { try room.carry(line) }
        return room.name
      }
      return (name, try await exchange(owner, name, line))
    }
  }

  /// Counter-signs what waits for a decision: a grant, amendment or renewal beyond the own terms.
  public func acknowledgeConsent(of name: LocalName) async throws(EngineError) -> LinePosted {
    try await typed(about: name) {
      if let posted = try await acknowledgeAnswer(of: name) { return posted }
      return try await postLine(with: name, as: .therapist) { room in
        switch room.ledger.state.waiting(at: ConsentTime(clamping: room.now)) {
        case .nothing: throw EngineError(.nothingToAcknowledge)
        case .withinTerms(let line), .needsDecision(let line, _): return .acknowledge(line)
        }
      }
    }
  }

  /// Offers new terms; they change nothing until the client's next grant.
  public func proposeTerms(
    to name: LocalName, _ terms: Terms
  ) async throws(EngineError) -> LinePosted {
    try await post(.terms(terms), with: name, as: .therapist)
  }

  /// Ends the relationship; retention starts.
  public func endRelationship(with name: LocalName) async throws(EngineError) -> LinePosted {
    try await typed(about: name) { try await postLine(with: name, as: nil) { _ in .end } }
  }

  /// The ledger as a file that anybody can check without a profile.
  public func exportLedger(of name: LocalName) throws(EngineError) -> [UInt8] {
    try typed(about: name) {
      try look(try owner(of: name)) { ConsentExport.jws($0.ledger) }
    }
  }

  /// Checks an exported ledger; needs no profile.
  public static func verifyExport(_ file: [UInt8], now: Int64) -> ConsentAudit {
    ConsentAudit(export: file, now: ConsentTime(clamping: now))
  }

  /// Re-checks everything from the bytes: lines, epochs, messages.
  public func audit(_ name: LocalName) throws(EngineError) -> AuditReport {
    try typed(about: name) { try auditRoom(try owner(of: name)) }
  }

  // MARK: Lines

  private func post(
    _ body: LineBody, with name: LocalName, as role: ConsentRole
  ) async throws(EngineError) -> LinePosted {
    try await typed(about: name) { try await postLine(with: name, as: role) { _ in body } }
  }

  private func postLine(
    with name: LocalName, as role: ConsentRole?, _ body: (Room) throws -> LineBody
  ) async throws -> LinePosted {
    let owner = try owner(of: name)
    var run = Run()
    let line = try step(owner, &run) { room in
      if let role { try room.requireRole(role) }
      let body = try body(room)
      if body.kind != .withdraw {
        try room.requireWorking()
        let waiting = try room.waitingLines().contains { $0.line.kind != .withdraw }
        if waiting { throw EngineError(.linePending) }
      }
      return try room.sign(body, origin: .person)
    }
    return try await exchange(owner, name, line)
  }

  /// Carries a waiting line as far as it goes now.
  private func exchange(
    _ owner: RecordOwner, _ name: LocalName, _ line: UnverifiedLine
  ) async throws -> LinePosted {
    var run = Run()
    // A withdrawal is signed and binding whatever becomes of the channel: nothing is thrown for it.
    var obstacle: EngineError?
    do {
      obstacle = try await delayable(about: name) {
        try await exchange(owner, starting: .posting, &run)
      }
    } catch let error as EngineError where line.kind == .withdraw {
      obstacle = error
    }
    return try look(owner) { room in
      let index = room.ledger.lines.firstIndex { $0.hash == line.hash }
      if index == nil, obstacle == nil {
        try room.requireWorking()
        if try !room.isWaiting(line.hash) {
          throw EngineError(.consentLineRefused, about: name.text)
        }
      }
      return LinePosted(kind: line.kind, index: index, obstacle: obstacle)
    }
  }
}
