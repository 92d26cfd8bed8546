// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol
internal import WireFormat

extension Alcove {
  /// Agrees to an answer that asks for more than its invitation offered; nil if there is no such answer.
  ///
  /// - Parameter seen: The grant that was shown; any other is refused.
  func acknowledgeAnswer(of name: LocalName, seen: LineHash?) async throws -> LinePosted? {
    let answered = try store.transaction(keys()) { tx -> (key: RecordKey, owner: RecordOwner)? in
      guard
        case (let key, var invitation)? = try invitations(in: tx).first(where: {
          $0.value.name == name.text && $0.value.stage == .undecided
        })
      else { return nil }
      if let seen, try ledger(of: invitation)?.last.hash != seen {
        throw EngineError(.decisionChanged, about: name.text)
      }
      invitation.agreed = true
      try tx.put(invitation, .invitation, profileOwner, key)
      return (key, invitation.owner)
    }
    guard let answered else { return nil }
    var run = Run()
    let obstacle = await obstacle(about: name) { try await advance(answered.key, &run) }
    if let failure = run.events.compactMap(\.failure).first { throw failure }
    let isFounded = try store.read(keys()) { tx in
      try records(in: tx).contains { $0.owner == answered.owner }
    }
    return LinePosted(
      kind: .acknowledge, index: obstacle == nil && isFounded ? 2 : nil, obstacle: obstacle)
  }

  /// Terms and grant of an answer that is signed and, as far as is known here, not counter-signed: a client's
  /// own, or one that a therapist has to decide on or to wait for; nil for every other invitation.
  func ledger(of invitation: InvitationRecord) throws -> Ledger? {
    guard !invitation.answer.isEmpty else { return nil }
    let grant: [UInt8]
    switch invitation.stage {
    case .answered, .over: grant = try AnswerBody(wireBytes: invitation.answer).grant
    case .undecided, .early: grant = invitation.answer
    case .open, .founded, .closing: return nil
    }
    // Both were checked before they were stored.
    return try Ledger(
      trustingSignaturesOf: [try OfferBody(wireBytes: invitation.offer).terms, grant])
  }

  /// The consent of an invitation that is answered and not counter-signed; nil if there is none of that name.
  func consentOfAnswer(to name: LocalName) throws -> ConsentView? {
    let found = try store.read(keys()) { tx in
      try invitations(in: tx).map(\.value)
        .first { $0.name == name.text && $0.failure.isEmpty }
    }
    guard let invitation = found, invitation.stage != .founded,
      let ledger = try ledger(of: invitation), let person = try pending(invitation)
    else { return nil }
    let waiting = try waitingLines(of: invitation)
    return ConsentView(
      person: person, ledger: ledger, state: boundState(of: ledger, by: waiting),
      permitted: [], pending: waiting.first?.kind)
  }

  /// The consent of an answer as it binds this device: what was withdrawn meanwhile counts already.
  func boundState(of ledger: Ledger, by waiting: [WaitingLine]) -> ConsentState {
    let withdrawals = waiting.compactMap(\.withdrawal)
    return withdrawals.isEmpty
      ? ledger.state
      : ledger.state.bound(by: withdrawals, at: ConsentTime(clamping: clock.now()))
  }
}
