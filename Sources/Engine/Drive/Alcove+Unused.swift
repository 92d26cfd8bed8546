// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

/// Relationships that were founded and that no client has been seen to enter.
///
/// Whoever has read the Welcome may be in the group, and have read what was written there, before anything
/// of theirs is at the relay. So what ends by itself is the invitation; the relationship goes when a person
/// invites anew under its name, and nobody can come in any more.
extension Alcove {
  /// The intake of a founded relationship is over: the client has come in by it, or still may, if they
  /// have the Welcome.
  func endFounding(
    _ key: RecordKey, _ invitation: InvitationRecord, _ connection: any RelayConnection,
    _ run: inout Run
  ) async throws {
    // The first commit may lie there since this device last looked.
    try await readAll(invitation.owner, connection, &run)
    try endInvitation(key, &run) { room in
      guard room.channel.trouble == nil, !room.channel.peerHasCommitted else { return }
      room.events.append(.notice(room.name, .nobodyCameIn))
    }
  }

  /// Two answers: one of them is not from whom it should be, and nobody can tell which. What was founded
  /// upon the first stops.
  func burn(
    _ key: RecordKey, _ seen: InvitationRecord, _ connection: any RelayConnection, _ run: inout Run
  ) async throws {
    guard seen.stage == .founded else {
      return try fail(key, seen, .invitationBurnt, &run)
    }
    // What lies there from whoever came in is kept, and only the present lock closes the channel.
    try await readLast(seen.owner, connection, &run)
    try endInvitation(key, &run) { room in
      if room.channel.trouble == nil { try room.stop(.burnt) }
    }
    // Whoever came in, or has the Welcome, finds the channel closed, and is told so. Where this fails, nobody
    // answers there.
    let channel = try look(seen.owner) { $0.channel }
    if channel.trouble == .burnt { _ = try? await close(channel, connection) }
  }

  /// Ends the invitation of a relationship that was founded, and keeps the relationship.
  private func endInvitation(
    _ key: RecordKey, _ run: inout Run, _ body: (Room) throws -> Void
  ) throws {
    run.events += try store.transaction(keys()) { tx in
      // Another process of this profile may have done it meanwhile.
      guard var now = try tx.get(InvitationRecord.self, .invitation, profileOwner, key),
        now.stage == .founded
      else { return [] }
      now.stage = .closing
      try tx.put(now, .invitation, profileOwner, key)
      let room = try Room(self, tx, try record(of: now.owner, in: tx))
      try body(room)
      try room.save()
      return room.events
    }
  }

  /// Frees the name of a relationship that nobody came into and whose invitation is over.
  ///
  /// It goes only once its channel is closed. That takes the lock of the present epoch: where the client's
  /// first commit lies, the relay refuses, and the relationship stays.
  func endUnused(_ name: LocalName) async throws {
    let found = try store.read(keys()) { tx -> RelationshipRecord? in
      guard let record = try records(in: tx).first(where: { $0.name == name.text }),
        try isUnused(try Room(self, tx, record))
      else { return nil }
      return record
    }
    guard let found else { return }
    let connection = try relays.connection(to: try RelayAddress(stored: found.relay))
    var run = Run()
    try await readLast(found.owner, connection, &run)
    let (channel, mayGo) = try look(found.owner) { ($0.channel, try isUnused($0)) }
    guard mayGo else { return }
    try reach(.beforeCloseChannel)
    guard try await close(channel, connection) else { return }
    try reach(.afterCloseChannel)
    try store.transaction(keys()) { tx in
      let room = try Room(self, tx, try record(of: found.owner, in: tx))
      guard try isUnused(room), room.channel.epoch == channel.epoch else { return }
      try erase(found.owner, in: tx)
      try tx.delete(.relationship, profileOwner, RecordKey(found.owner.bytes))
    }
    try? destroyUnusedKeys()
  }

  /// Reads a channel that may be closed already.
  private func readLast(
    _ owner: RecordOwner, _ connection: any RelayConnection, _ run: inout Run
  ) async throws {
    do {
      try await readAll(owner, connection, &run)
    } catch let error as EngineError where error.code == .channelLost {
      // Dropped by the relay, or closed before a crash here.
    } catch RelayError.refused(.channelExists) {
      // Closed before a crash here, and not made again.
    }
  }

  /// Whether nobody has been seen in a relationship, and nothing leads there any more. One that has stopped
  /// keeps its alarm, unless it stopped for the very reason that it is not known who would come.
  private func isUnused(_ room: Room) throws -> Bool {
    guard room.record.mine == .therapist, !room.channel.peerHasCommitted,
      room.channel.lastReceived == 0,
      room.channel.trouble == nil || room.channel.trouble == .burnt
    else { return false }
    return try !invitations(in: room.tx).contains {
      $0.value.owner == room.owner && $0.value.stage != .over
    }
  }

  /// Closes a relationship's channel under the lock as it is known here; false where it has turned.
  private func close(
    _ channel: ChannelState, _ connection: any RelayConnection
  ) async throws -> Bool {
    do {
      try await connection.close(
        channel.id, token: channel.secrets.access, turn: channel.secrets.turn)
    } catch RelayError.refused(.noSuchChannel) {
      // It is no more.
    } catch RelayError.tokenRetired {
      return false
    }
    return true
  }
}
