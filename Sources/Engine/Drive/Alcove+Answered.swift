// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore

extension Alcove {
  /// Signs the withdrawal of an answer that is not counter-signed yet; nil if there is none to that name.
  ///
  /// It stands upon terms and grant, which every member will have, so it is valid wherever it lands. It waits
  /// among the records of the relationship to come, binds from now on, and is carried by the first commit after
  /// joining: no other way leads into the ledger.
  ///
  /// - Parameter way: Where it goes from here, if the invitation is over.
  func withdrawAnswer(
    to name: LocalName, _ withdrawal: Withdrawal, by way: WithdrawalWay
  ) throws -> (line: UnverifiedLine, obstacle: EngineError)? {
    try store.transaction(keys()) { tx in
      guard
        case (let key, var invitation)? = try invitations(in: tx).first(where: {
          $0.value.name == name.text && $0.value.isClients
        }), let ledger = try ledger(of: invitation)
      else { return nil }
      let owner = invitation.owner
      let line = try withdrawalSigned(withdrawal, of: owner, upon: ledger, about: name, in: tx)
      guard invitation.stage == .over else {
        return (line, EngineError(.notYetConnected, about: name.text))
      }
      let standing = way == .file ? EngineError.Code.invitationGone : .withdrawalNotCarried
      invitation.failure = standing.rawValue
      try tx.put(invitation, .invitation, profileOwner, key)
      return (line, EngineError(standing, about: name.text))
    }
  }

  /// Signs a withdrawal of an answer, and has it wait for the relationship to come. Given again, the command finds
  /// what it has signed: one line says it.
  private func withdrawalSigned(
    _ withdrawal: Withdrawal, of owner: RecordOwner, upon ledger: Ledger, about name: LocalName,
    in tx: RecordTransaction
  ) throws -> UnverifiedLine {
    let waiting = try tx.scan(WaitingLine.self, .waitingLine, owner).map(\.value)
    if let said = waiting.first(where: { $0.withdrawal?.takes(withdrawal) ?? false }) {
      return try UnverifiedLine(said.bytes)
    }
    let line = try sign(
      .withdraw(withdrawal), upon: ledger, void: [], owner: owner, now: clock.now())
    do {
      _ = try ledger.appending(line)
    } catch {
      throw EngineError(.consentLineRefused, about: name.text)
    }
    // In the order of signing; the channel to come goes on behind them.
    let number = UInt64(try tx.count(.waitingLine, owner)) + 1
    try tx.put(
      WaitingLine(kind: line.kind, origin: .person, bytes: line.bytes), .waitingLine, owner,
      RecordKey(number))
    return line
  }

  /// Ends an invitation that came to nothing: its secret goes, and everything of the relationship that does
  /// not come.
  ///
  /// Not so where a client has withdrawn the answer. The other side may have counter-signed it, whatever
  /// became of the intake since, and has the consent in force until the withdrawal gets there.
  func end(
    _ invitation: inout InvitationRecord, _ code: EngineError.Code, in tx: RecordTransaction
  ) throws {
    invitation.failure = code.rawValue
    if !invitation.isClients {
      invitation.stage = .closing
    } else if try tx.count(.waitingLine, invitation.owner) > 0 {
      invitation.forgetSecrets()
      invitation.failure = EngineError.Code.withdrawalNotCarried.rawValue
      return
    } else {
      invitation.forgetEverything()
    }
    try erase(invitation.owner, in: tx)
  }

  /// Throws where an invitation is over and a withdrawal of its answer has not been handed over: no channel
  /// ever takes it there.
  func requireHandedOver(_ invitation: InvitationRecord) throws {
    let code = EngineError.Code.withdrawalNotCarried
    guard invitation.stage == .over, invitation.failure == code.rawValue else { return }
    throw EngineError(code, about: invitation.name)
  }

  /// What was signed upon an answer and waits for the relationship to come, or to be handed over, oldest first.
  func waitingLines(of invitation: InvitationRecord) throws -> [WaitingLine] {
    guard invitation.isClients, invitation.needsName else { return [] }
    return try store.read(keys()) { tx in
      try tx.scan(WaitingLine.self, .waitingLine, invitation.owner).map(\.value)
    }
  }

  /// The same of every answer; what does not open of one is no reason to leave out another.
  func answersWithdrawn() throws -> (
    lines: [(name: LocalName, kind: LineKind)], damaged: [EngineError]
  ) {
    var lines: [(name: LocalName, kind: LineKind)] = []
    var damaged: [EngineError] = []
    for invitation in try store.read(keys(), { try invitations(in: $0).map(\.value) }) {
      do {
        let name = LocalName(stored: invitation.name)
        lines += try waitingLines(of: invitation).map { (name: name, kind: $0.kind) }
      } catch {
        let error = EngineError(mapping: error, about: invitation.name)
        guard error.isDamage else { throw error }
        damaged.append(error)
      }
    }
    return (lines, damaged)
  }
}

extension Withdrawal {
  /// Whether this takes back all that `other` does.
  fileprivate func takes(_ other: Withdrawal) -> Bool {
    switch (self, other) {
    case (.everything, _): true
    case (.scopes(let all), .scopes(let some)): some.isSubset(of: all)
    case (.scopes, .everything): false
    }
  }
}

/// How a withdrawal gets to the other side.
enum WithdrawalWay {
  case channel
  case file
}
