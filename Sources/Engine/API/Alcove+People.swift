// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Whom this profile is connected to or about to be, in the order in which they were met. Somebody whose
  /// records are damaged is among them, as ``Person/State/damaged``.
  public func people() throws(EngineError) -> [Person] {
    try typed {
      let known = try lookAtEverybody(orWhereDamaged: Person.init(damaged:_:)) { try $0.person() }
      let coming = try store.read(keys()) { try self.invitations(in: $0) }
      return try known
        + coming.compactMap { _, invitation in
          do {
            return try pending(invitation)
          } catch {
            let error = EngineError(mapping: error, about: invitation.name)
            guard error.isDamage else { throw error }
            return Person(damaged: invitation, error)
          }
        }
    }
  }

  public func person(_ name: LocalName) throws(EngineError) -> Person {
    guard let person = try people().first(where: { $0.name == name }) else {
      throw EngineError(.nobody, about: name.text)
    }
    return person
  }

  /// What both compare; it depends on the two identities and the relationship alone.
  ///
  /// Of a relationship that has stopped there is none: the identities are those of its founding, and would
  /// compare as equal after one was replaced in the group.
  public func safetyNumber(with name: LocalName) throws(EngineError) -> SafetyNumber {
    try typed(about: name) {
      try look(try owner(of: name)) { room in
        try room.requireWorking()
        return SafetyNumber(
          relationship: room.record.relationship, therapist: room.record.therapist,
          client: room.record.client, verified: room.record.verified)
      }
    }
  }

  /// Notes that the two have compared the number and found it equal.
  public func markVerified(_ name: LocalName) throws(EngineError) {
    try typed(about: name) {
      var run = Run()
      try step(try owner(of: name), &run) { room in
        try room.requireWorking()
        room.record.verified = true
        try room.saveRecord()
      }
    }
  }

  /// An invitation that has not become a relationship.
  func pending(_ invitation: InvitationRecord) throws -> Person? {
    guard invitation.stage != .founded else { return nil }
    let failed = EngineError.Code(rawValue: invitation.failure)
    if invitation.stage == .closing, failed == nil { return nil }
    let isClients = invitation.isClients
    let isAnswered = isClients || invitation.stage == .early
    let waiting = try waitingLines(of: invitation)
    // Of one that came to nothing only what still has to be handed over is shown.
    let ledger = failed == nil ? try ledger(of: invitation) : nil
    let phase = ledger.map {
      boundState(of: $0, by: waiting).phase(at: ConsentTime(clamping: clock.now()))
    }
    let trouble = failed ?? (invitation.stage == .early ? .datedAhead : nil)
    return Person(
      name: LocalName(stored: invitation.name),
      state: failed != nil ? .void : isAnswered ? .answered : .invited,
      role: isClients ? .therapist : .client, signedAs: nil, verified: false, consent: phase,
      unread: 0, waiting: waiting.count, epoch: nil, lastOwnCommit: nil, confirmed: nil,
      trouble: trouble.map { EngineError($0, about: invitation.name) },
      invitation: isAnswered || failed != nil
        ? nil
        : (try? invitation.link()).map {
          Invitation(
            name: LocalName(stored: invitation.name), link: $0, expires: invitation.expires)
        },
      awaitsDecision: invitation.stage == .undecided, newTermsWait: false)
  }
}
