// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import MLS
internal import Primitives
internal import RelayProtocol
internal import WireFormat

extension Alcove {
  /// Enters the group by a Welcome that is what was agreed; false for one that is not.
  func join(_ key: RecordKey, _ welcome: IntakeWelcome, _ run: inout Run) throws -> Bool {
    do {
      run.events += try store.transaction(keys()) { tx in
        guard
          let invitation = try tx.get(InvitationRecord.self, .invitation, profileOwner, key),
          invitation.stage == .answered
        else { return [] }
        try join(invitation, welcome, tx)
        // The key package is used up, and the intake's secret has served.
        try tx.delete(.invitation, profileOwner, key)
        return [.connected(LocalName(stored: invitation.name))]
      }
      return true
    } catch let error where Self.isVerdict(error) {
      let invitation = try invitation(key)
      run.note(
        EngineError(.offerInvalid), for: LocalName(stored: invitation.name), at: nil)
      return false
    }
  }

  private func join(
    _ invitation: InvitationRecord, _ welcome: IntakeWelcome, _ tx: RecordTransaction
  ) throws {
    let now = clock.now()
    let offer = try OfferBody(wireBytes: invitation.offer)
    let answer = try AnswerBody(wireBytes: invitation.answer)
    var ledger = try Ledger([offer.terms, answer.grant])
    try ledger.append(try UnverifiedLine(welcome.line))
    guard case .acknowledge = ledger.last.body,
      let client = ledger.clientIdentity, let suite = CipherSuite(rawValue: offer.suite)
    else { throw EngineError(.offerInvalid) }

    var keys = invitation.key.exposedBytes()
    defer { keys.wipe() }
    let package = try OwnKeyPackage(exposedBytes: keys)
    let known = try groupIDs(tx)
    let joined = try MemberGroup.join(
      welcome.welcome, package, suite: suite, ledger: ledger, relay: invitation.relay, now: now,
      isInUse: known.contains)

    let record = RelationshipRecord(
      owner: invitation.owner, name: invitation.name, mine: .client, relay: invitation.relay,
      relationship: ledger.relationship.bytes, therapist: ledger.therapistIdentity.bytes,
      client: client.bytes, created: now)
    var channel = ChannelState(
      founding: joined.channel, secrets: joined.secrets, now: now, random: random)
    channel.ownSerial = joined.ownSerial
    channel.peerSerial = joined.peerSerial
    // Behind what was signed upon the answer.
    channel.nextLine += UInt64(try tx.count(.waitingLine, invitation.owner))
    // DESIGN section 4: a joiner commits an empty update at once. Its key package's keys end with it.
    channel.wantUpdate()
    let room = try Room(
      self, tx, founding: record, channel: channel, ledger: ledger, group: joined.group)
    try room.save()
  }

  /// The groups that this profile is in. One whose state is damaged cannot be named, and is the audit's to
  /// find.
  private func groupIDs(_ tx: RecordTransaction) throws -> Set<GroupID> {
    var ids: Set<GroupID> = []
    for record in try tx.scan(RelationshipRecord.self, .relationship, profileOwner).map(\.value) {
      guard let bytes = try? tx.get(.group, record.owner),
        let group = try? MemberGroup(stored: bytes)
      else { continue }
      ids.insert(group.id)
    }
    return ids
  }
}
