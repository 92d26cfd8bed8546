// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol
internal import WireFormat

extension Alcove {
  /// Reads an intake whole; nil where the relay does not know it.
  func readIntake(
    _ secrets: IntakeSecrets, _ connection: any RelayConnection
  ) async throws -> IntakeLog? {
    var entries: [LogEntry] = []
    var read = Position(0)
    do {
      while true {
        try reach(.beforeRead)
        let answer = try await connection.read(
          ReadRequest(channel: secrets.channel, token: secrets.access, after: read))
        try reach(.afterRead)
        let before = read
        for frame in answer.frames {
          switch frame.body {
          case .envelope(let entry) where entry.position == read.next:
            entries.append(
              LogEntry(
                position: entry.position, id: entry.id, named: entry.named,
                envelope: entry.envelope))
            read = entry.position
          case .gap(let first, let gone) where first == read.next:
            // A relay that does not keep the bodies of intakes: what follows them counts all the same.
            read = Position(read.value + UInt64(gone.count))
          default: continue
          }
        }
        if read == before { return IntakeLog(entries, secrets, head: read) }
        // An honest intake holds eight envelopes at most.
        guard read.value <= 64 else { throw EngineError(.relayInconsistent) }
      }
    } catch RelayError.refused(.noSuchChannel) {
      return nil
    }
  }

  /// Moves one invitation on by what its intake holds.
  func advance(_ key: RecordKey, _ run: inout Run) async throws {
    let invitation = try invitation(key)
    guard invitation.stage != .over else { return try requireHandedOver(invitation) }
    let relay = try RelayAddress(stored: invitation.relay)
    try run.requireReachable(relay)
    let connection = try relays.connection(to: relay)
    let secrets = try IntakeSecrets(invitation.secret)
    do {
      switch invitation.stage {
      case .founded where try hasServed(invitation):
        try beginClosing(key)
      case .open, .undecided, .early, .founded:
        try await advanceAsTherapist(key, invitation, secrets, connection, &run)
      case .answered:
        try await advanceAsClient(key, invitation, secrets, connection, &run)
      case .closing, .over:
        break
      }
    } catch RelayError.refused(.noSuchChannel) {
      // It was there a moment ago. Closed by another process of this profile, it has done its work; else
      // the next run reads that it is gone, and says so.
    }
    try await closeIfDone(key, secrets, connection)
    if let now = try standing(key) { try requireHandedOver(now) }
  }

  // MARK: The therapist's side

  private func advanceAsTherapist(
    _ key: RecordKey, _ invitation: InvitationRecord, _ secrets: IntakeSecrets,
    _ connection: any RelayConnection, _ run: inout Run
  ) async throws {
    guard let log = try await readIntake(secrets, connection) else {
      // What was stored before the reading is too old to judge by: another process of this profile may
      // have founded the relationship and closed the intake meanwhile.
      guard try standing(key)?.stage == invitation.stage else { return }
      let isLost = clock.now() < invitation.expires
      switch invitation.stage {
      // Relays keep an intake longer: this one comes from a backup that lacks it.
      case .open where isLost, .early where isLost, .founded where isLost:
        try await publish(invitation, secrets, connection)
      case .founded:
        try await endFounding(key, invitation, connection, &run)
      default:
        try fail(key, invitation, .invitationGone, &run)
      }
      return
    }
    run.follow(log, secrets, invitation)
    if log.answers.count > 1 {
      try await burn(key, invitation, connection, &run)
      return
    }
    if invitation.stage != .founded, let answer = log.answers.first {
      try found(key, invitation, answer, &run)
    } else if [.open, .early].contains(invitation.stage), clock.now() >= invitation.expires {
      try fail(key, invitation, .invitationExpired, &run)
    }
    // The channel is there before the Welcome that leads to it: a client who is quick, after a crash or
    // an outage here, would find nothing and be told that it is lost.
    let now = try standing(key)
    if let now, now.stage == .founded { _ = try await createIfFounding(now.owner, connection) }
    try await postMissing(key, log, secrets, connection)
    if now?.stage == .early { throw EngineError(.datedAhead) }
  }

  /// Makes the intake and lays down the offer; every part of it may be repeated.
  func publish(
    _ invitation: InvitationRecord, _ secrets: IntakeSecrets, _ connection: any RelayConnection
  ) async throws {
    try await create(
      NewChannel(
        id: secrets.channel, kind: .intake, token: secrets.access.hash,
        turn: try TurnSecret(invitation.turn).hash), at: invitation.relay, connection)
    for post in invitation.posts { try await send(post, secrets, connection) }
  }

  /// Posts whatever of this side's envelopes the intake does not hold.
  private func postMissing(
    _ key: RecordKey, _ log: IntakeLog, _ secrets: IntakeSecrets,
    _ connection: any RelayConnection
  ) async throws {
    guard let invitation = try standing(key), invitation.failure.isEmpty else { return }
    for post in invitation.posts where !log.ids.contains(post.id) {
      try await send(post, secrets, connection)
    }
  }

  private func send(
    _ post: InvitationRecord.Post, _ secrets: IntakeSecrets, _ connection: any RelayConnection
  ) async throws {
    try reach(.beforeAppend)
    _ = try await connection.append(
      Append(
        channel: secrets.channel, token: secrets.access, id: post.id, envelope: post.sealed))
    try reach(.afterAppend)
  }

  // MARK: The client's side

  private func advanceAsClient(
    _ key: RecordKey, _ invitation: InvitationRecord, _ secrets: IntakeSecrets,
    _ connection: any RelayConnection, _ run: inout Run
  ) async throws {
    guard let log = try await readIntake(secrets, connection) else {
      // Another process of this profile may have come in by it meanwhile.
      guard try standing(key)?.stage == invitation.stage else { return }
      // A backup may lack it: then the therapist's side lays it out again, and this one answers again.
      guard clock.now() >= invitation.expires else { throw EngineError(.invitationGone) }
      try fail(key, invitation, .invitationGone, &run)
      return
    }
    run.follow(log, secrets, invitation)
    let own = invitation.posts.contains { log.ids.contains($0.id) } ? 1 : 0
    if log.answers.count > own {
      // Somebody else holds the link. The therapist's side burns it; nothing is founded here.
      try fail(key, invitation, .invitationAnswered, &run)
      return
    }
    for welcome in log.welcomes {
      if try join(key, welcome, &run) { return }
    }
    try await postMissing(key, log, secrets, connection)
  }

  // MARK: The end of an intake

  private func beginClosing(_ key: RecordKey) throws {
    try store.transaction(keys()) { tx in
      guard var now = try tx.get(InvitationRecord.self, .invitation, profileOwner, key) else {
        return
      }
      now.stage = .closing
      try tx.put(now, .invitation, profileOwner, key)
    }
  }

  /// Closes the intake once it has served or failed, and wipes its secret.
  private func closeIfDone(
    _ key: RecordKey, _ secrets: IntakeSecrets, _ connection: any RelayConnection
  ) async throws {
    guard let invitation = try standing(key), invitation.stage == .closing else { return }
    try reach(.beforeCloseChannel)
    do {
      try await connection.close(
        secrets.channel, token: secrets.access, turn: try TurnSecret(invitation.turn))
    } catch RelayError.refused(.noSuchChannel) {
      // It has expired there, or was closed before a crash here.
    }
    try reach(.afterCloseChannel)
    try store.transaction(keys()) { tx in
      if invitation.failure.isEmpty {
        try tx.delete(.invitation, profileOwner, key)
      } else if var now = try tx.get(InvitationRecord.self, .invitation, profileOwner, key) {
        now.forgetEverything()
        try tx.put(now, .invitation, profileOwner, key)
      }
    }
  }

  func invitation(_ key: RecordKey) throws -> InvitationRecord {
    guard let record = try standing(key) else { throw EngineError(.nobody) }
    return record
  }

  /// The invitation as it is stored now; nil once it has served.
  func standing(_ key: RecordKey) throws -> InvitationRecord? {
    try store.read(keys()) { try $0.get(InvitationRecord.self, .invitation, profileOwner, key) }
  }

  /// Ends an invitation that comes to nothing; its secret goes, the person is told.
  ///
  /// - Parameter seen: The invitation by which this was judged: where another process of this profile has
  ///   moved it on meanwhile, nothing happens.
  func fail(
    _ key: RecordKey, _ seen: InvitationRecord, _ code: EngineError.Code, _ run: inout Run
  ) throws {
    run.events += try store.transaction(keys()) { tx in
      guard var now = try tx.get(InvitationRecord.self, .invitation, profileOwner, key),
        now.stage == seen.stage
      else { return [] }
      try end(&now, code, in: tx)
      try tx.put(now, .invitation, profileOwner, key)
      return [.invitationClosed(LocalName(stored: now.name), EngineError(code, about: now.name))]
    }
  }
}
