// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import MLS
internal import Primitives
internal import RelayProtocol
internal import WireFormat

extension Alcove {
  /// Makes the relationship from the one answer: counter-signs, creates the group, and stores state,
  /// channel and Welcome in one transaction before any of them leaves.
  func found(
    _ key: RecordKey, _ seen: InvitationRecord, _ answer: SealedAnswer, _ run: inout Run
  ) throws {
    do {
      run.events += try store.transaction(keys()) { tx in
        guard
          var invitation = try tx.get(InvitationRecord.self, .invitation, profileOwner, key),
          [.open, .undecided, .early].contains(invitation.stage)
        else { return [] }
        let checked = try CheckedAnswer(answer, invitation, now: clock.now())
        let name = LocalName(stored: invitation.name)
        try forgetForeign(to: invitation.owner, upon: checked.ledger, in: tx)
        // Not yet: the answer stays where it lies, and is taken when its time has come. Its link is used up, and
        // no longer shown.
        if invitation.stage == .open, checked.ledger.isDatedAhead(of: clock.now()) {
          invitation.stage = .early
          invitation.answer = checked.ledger.last.bytes
          try tx.put(invitation, .invitation, profileOwner, key)
          return []
        }
        try checked.ledger.requireTime(at: clock.now())
        let time = ConsentTime(clamping: clock.now())
        switch checked.ledger.state.waiting(at: time) {
        case .withinTerms: break
        case .needsDecision where invitation.stage == .undecided:
          // What is founded is the very grant that a person was shown.
          guard invitation.answer == checked.ledger.last.bytes else {
            throw EngineError(.offerInvalid)
          }
          guard invitation.agreed else { return [] }
        case .needsDecision:
          invitation.stage = .undecided
          invitation.answer = checked.ledger.last.bytes
          try tx.put(invitation, .invitation, profileOwner, key)
          return [.decisionAwaited(name)]
        case .nothing: throw EngineError(.offerInvalid)
        }
        try found(key, &invitation, checked, tx)
        return [.connected(name)]
      }
    } catch let error as EngineError where error.code != .offerInvalid {
      throw error
    } catch let error where Self.isVerdict(error) {
      // One answer came and it does not hold: nobody else may answer any more.
      try fail(key, seen, .offerInvalid, &run)
    }
  }

  /// Whether an error says that what was received is invalid, and not that the disk is full.
  static func isVerdict(_ error: any Error) -> Bool {
    switch error {
    case is ConsentError, is CertificateError, is MLSError, is WireError, is PrimitiveError: true
    case let error as EngineError: error.code == .offerInvalid
    default: false
    }
  }

  private func found(
    _ key: RecordKey, _ invitation: inout InvitationRecord, _ checked: CheckedAnswer,
    _ tx: RecordTransaction
  ) throws {
    let now = clock.now()
    var ledger = checked.ledger
    // Line 2. Its time is not before that of the line it counter-signs.
    let line = try sign(
      .acknowledge(ledger.last.hash), upon: ledger, void: [], owner: invitation.owner, now: now)
    try ledger.append(line)

    let channelID = ChannelID(checked: random.bytes(ChannelID.length))
    guard
      let place = ChannelExtension(
        relay: invitation.relay, channel: channelID.bytes, relationship: ledger.relationship)
    else { throw EngineError(.internalFault) }
    let leaf = try freshLeaf(
      suite: checked.suite, relationship: ledger.relationship.bytes, owner: invitation.owner)
    let founded = try MemberGroup.found(
      suite: checked.suite, ledger: ledger, place: place, leaf: leaf, peer: checked.keyPackage,
      now: now, random: random)

    let record = RelationshipRecord(
      owner: invitation.owner, name: invitation.name, mine: .therapist, relay: invitation.relay,
      relationship: ledger.relationship.bytes, therapist: ledger.therapistIdentity.bytes,
      client: checked.device.identity.bytes, created: now)
    var channel = ChannelState(
      founding: channelID, secrets: founded.secrets, now: now, random: random)
    channel.ownSerial = leaf.serial
    channel.peerSerial = checked.device.serial.value
    let room = try Room(
      self, tx, founding: record, channel: channel, ledger: ledger, group: founded.group)
    try room.save()
    try tx.put(checked.sealedIdentity, .sealedIdentity, invitation.owner)

    let secrets = try IntakeSecrets(invitation.secret)
    let reply = IntakeMessage.welcome(
      IntakeWelcome(line: line.bytes, welcome: founded.welcome))
    invitation.posts.append(try seal(reply, secrets))
    invitation.stage = .founded
    // The one-time key has opened its one answer.
    invitation.key = SharedSecret(zeros: 0)
    try tx.put(invitation, .invitation, profileOwner, key)
  }

  func seal(
    _ message: IntakeMessage, _ secrets: IntakeSecrets
  ) throws -> InvitationRecord.Post {
    let id = EnvelopeID(random: random)
    guard
      let sealed = try secrets.layer.seal(
        message.wireBytes, id: id, named: .none, random: random)
    else { throw EngineError(.messageTooLong) }
    return InvitationRecord.Post(id: id, sealed: sealed)
  }
}
