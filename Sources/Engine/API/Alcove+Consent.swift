// SPDX-License-Identifier: Apache-2.0

public import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
  /// The consent in force, and what it permits now; of an answer that is not yet counter-signed, terms
  /// and grant.
  public func consent(with name: LocalName) throws(EngineError) -> ConsentView {
    try typed(about: name) {
      if let answered = try consentOfAnswer(to: name) { return answered }
      return try look(try owner(of: name)) { room in
        let gate = try room.gate()
        return ConsentView(
          person: try room.person(), ledger: room.ledger, state: gate.state,
          permitted: gate.state.scopesInForce(at: ConsentTime(clamping: room.now)),
          pending: try room.linesOnTheWay().first?.kind)
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
        try requireDay(until, within: terms)
        guard let before = room.ledger.newestGrant else { throw EngineError(.consentLineRefused) }
        return .grant(
          Grant(
            answers: answers, name: before.name, representative: before.representative,
            validUntil: until ?? terms.validUntil, formHash: terms.form.hash,
            keyPackage: before.keyPackage))
      }
    }
  }

  /// Moves the end of the consent; later than the terms say, it waits for the therapist's decision.
  public func renewConsent(
    with name: LocalName, until: ConsentTime
  ) async throws(EngineError) -> LinePosted {
    try await typed(about: name) {
      try requireDay(until)
      return try await postLine(with: name, as: .client) { _ in .renew(Renewal(validUntil: until)) }
    }
  }

  /// Withdraws everything or some scopes. It binds this device from the moment it is signed, and is
  /// tried again until it has landed. An answer can be withdrawn before it is counter-signed: it lands with the
  /// first commit after that.
  public func withdrawConsent(
    with name: LocalName, _ withdrawal: Withdrawal
  ) async throws(EngineError) -> LinePosted {
    try await typed(about: name) {
      if let (line, obstacle) = try withdrawAnswer(to: name, withdrawal, by: .channel) {
        return LinePosted(kind: line.kind, index: nil, obstacle: obstacle)
      }
      return try await postLine(with: name, as: .client) { _ in .withdraw(withdrawal) }
    }
  }

  /// The same, signed and handed over as a file when no channel works. Nothing is sent.
  public func withdrawConsentToFile(
    with name: LocalName, _ withdrawal: Withdrawal
  ) throws(EngineError) -> [UInt8] {
    try typed(about: name) {
      if let (line, _) = try withdrawAnswer(to: name, withdrawal, by: .file) {
        return try WithdrawalFile.write(line)
      }
      var run = Run()
      return try step(try owner(of: name), &run) { room in
        try room.requireRole(.client)
        return try WithdrawalFile.write(try room.sign(.withdraw(withdrawal), origin: .person))
      }
    }
  }

  /// Takes a withdrawal that a client handed over, and carries it into the ledger. Of an answer that has not
  /// been counter-signed it is kept until it is.
  public func importWithdrawal(
    _ file: [UInt8]
  ) async throws(EngineError) -> (name: LocalName, posted: LinePosted) {
    try await typed {
      guard let line = try? WithdrawalFile.read(file) else { throw EngineError(.notAWithdrawal) }
      func founded() throws -> RelationshipRecord? {
        try everybody().first { $0.relationship == line.relationship.bytes }
      }
      if try founded() == nil, let (key, name) = try keepForFounding(line) {
        // The answer may be there already.
        var run = Run()
        let obstacle = await obstacle(about: name) { try await advance(key, &run) }
        if let failure = run.events.compactMap(\.failure).first { throw failure }
        if try founded() == nil {
          let error = obstacle ?? EngineError(.notYetConnected, about: name.text)
          return (name, LinePosted(kind: line.kind, index: nil, obstacle: error))
        }
      }
      guard let record = try founded() else { throw EngineError(.notAWithdrawal) }
      let name = LocalName(stored: record.name)
      return try await typed(about: name) {
        var run = Run()
        try step(record.owner, &run) { room in
          if !room.ledger.contains(line.hash) { try room.carry(line) }
        }
        return (name, try await exchange(record.owner, name, line))
      }
    }
  }

  /// Counter-signs what waits for a decision: a grant, amendment or renewal beyond the own terms.
  ///
  /// - Parameter seen: The line that was shown to whoever decided. If another waits by now, nothing is
  ///   signed. Nil takes whatever waits.
  public func acknowledgeConsent(
    of name: LocalName, seen: LineHash? = nil
  ) async throws(EngineError) -> LinePosted {
    try await typed(about: name) {
      if let posted = try await acknowledgeAnswer(of: name, seen: seen) { return posted }
      return try await postLine(with: name, as: .therapist) { room in
        guard let line = room.ledger.state.waiting(at: ConsentTime(clamping: room.now)).line else {
          throw EngineError(.nothingToAcknowledge)
        }
        guard seen == nil || seen == line else { throw EngineError(.decisionChanged) }
        return .acknowledge(line)
      }
    }
  }

  /// Offers new terms; they change nothing until the client's next grant.
  public func proposeTerms(
    to name: LocalName, _ terms: Terms
  ) async throws(EngineError) -> LinePosted {
    try await typed(about: name) {
      try requireDay(terms.validUntil)
      return try await postLine(with: name, as: .therapist) { _ in .terms(terms) }
    }
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

  /// Refuses an end that has passed or lies beyond the terms it answers, before anything is signed: the
  /// other side would refuse the line, and with it an invitation that is good once.
  func requireDay(_ until: ConsentTime?, within terms: Terms? = nil) throws {
    guard let day = until ?? terms?.validUntil else { return }
    guard day > ConsentTime(clamping: clock.now()) else { throw EngineError(.dayPassed) }
    if let terms, day > terms.validUntil { throw EngineError(.dayBeyondTerms) }
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
        let waiting = try room.waitingLines().map(\.line).contains {
          $0.kind != .withdraw && !room.isHeldBack($0)
        }
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
    // It is signed, and a withdrawal binds, whatever becomes of the channel.
    let onTheWay = await obstacle(about: name) { try await exchange(owner, &run) }
    var index: Int?
    var isGone = false
    let afterwards = await obstacle(about: name) {
      try look(owner) { room in
        index = room.ledger.lines.firstIndex { $0.hash == line.hash }
        guard index == nil else { return }
        try room.requireWorking()
        isGone = try !room.isWaiting(line.hash)
      }
    }
    // A withdrawal binds, whatever became of the line; of any other nothing is left that could go out later.
    if isGone, onTheWay == nil || line.kind != .withdraw {
      throw EngineError(.consentLineRefused, about: name.text)
    }
    return LinePosted(
      kind: line.kind, index: index, obstacle: index == nil ? onTheWay ?? afterwards : nil)
  }
}

extension ConsentState.Waiting {
  /// The line that an acknowledgement would name.
  public var line: LineHash? {
    switch self {
    case .nothing: nil
    case .withinTerms(let line), .needsDecision(let line, _): line
    }
  }
}
