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
    do {
      while true {
        try reach(.beforeRead)
        let answer = try await connection.read(
          ReadRequest(
            channel: secrets.channel, token: secrets.access,
            after: Position(UInt64(entries.count))))
        try reach(.afterRead)
        let before = entries.count
        for case .envelope(let entry) in answer.frames.map(\.body) {
          guard entry.position == Position(UInt64(entries.count) + 1) else { continue }
          entries.append(
            LogEntry(
              position: entry.position, id: entry.id, named: entry.named,
              envelope: entry.envelope))
        }
        if entries.count == before { return IntakeLog(entries, secrets) }
        // An honest intake holds eight envelopes at most.
        guard entries.count <= 64 else { throw EngineError(.relayInconsistent) }
      }
    } catch RelayError.refused(.noSuchChannel) {
      return nil
    }
  }

  /// Moves one invitation on by what its intake holds.
  func advance(_ key: RecordKey, _ run: inout Run) async throws {
    let invitation = try invitation(key)
    let relay = try RelayAddress(stored: invitation.relay)
    try run.requireReachable(relay)
    let connection = try relays.connection(to: relay)
    let secrets = try IntakeSecrets(invitation.secret)
    switch invitation.stage {
    case .founded where try hasServed(invitation):
      try beginClosing(key)
    case .open, .undecided, .founded:
      try await advanceAsTherapist(key, invitation, secrets, connection, &run)
    case .answered:
      try await advanceAsClient(key, invitation, secrets, connection, &run)
    case .closing, .over:
      break
    }
    try await closeIfDone(key, secrets, connection)
  }

  // MARK: The therapist's side

  private func advanceAsTherapist(
    _ key: RecordKey, _ invitation: InvitationRecord, _ secrets: IntakeSecrets,
    _ connection: any RelayConnection, _ run: inout Run
  ) async throws {
    guard let log = try await readIntake(secrets, connection) else {
      if invitation.stage == .open, clock.now() < invitation.expires {
        try await publish(invitation, secrets, connection)
      } else {
        try fail(key, .invitationGone, &run)
      }
      return
    }
    if log.answers.count > 1 {
      try burn(key, &run)
      return
    }
    if invitation.stage != .founded, let answer = log.answers.first {
      try found(key, answer, &run)
    } else if invitation.stage == .open, clock.now() >= invitation.expires {
      try fail(key, .invitationExpired, &run)
    }
    // The channel is there before the Welcome that leads to it: a client who is quick, after a crash or
    // an outage here, would find nothing and be told that it is lost.
    if let now = try? self.invitation(key), now.stage == .founded {
      _ = try await createIfFounding(now.owner, connection)
    }
    try await postMissing(key, log, secrets, connection)
  }

  /// Makes the intake and lays down the offer; every part of it may be repeated.
  func publish(
    _ invitation: InvitationRecord, _ secrets: IntakeSecrets, _ connection: any RelayConnection
  ) async throws {
    try reach(.beforeCreateChannel)
    try await connection.create(
      NewChannel(
        id: secrets.channel, kind: .intake, token: secrets.access.hash,
        turn: try TurnSecret(bytes: invitation.turn).hash))
    try reach(.afterCreateChannel)
    for post in invitation.posts { try await send(post, secrets, connection) }
  }

  /// Posts whatever of this side's envelopes the intake does not hold.
  private func postMissing(
    _ key: RecordKey, _ log: IntakeLog, _ secrets: IntakeSecrets,
    _ connection: any RelayConnection
  ) async throws {
    guard let invitation = try? invitation(key), invitation.failure.isEmpty else { return }
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
      try fail(key, .invitationGone, &run)
      return
    }
    let own = invitation.posts.contains { log.ids.contains($0.id) } ? 1 : 0
    if log.answers.count > own {
      // Somebody else holds the link. The therapist's side burns it; nothing is founded here.
      try fail(key, .invitationAnswered, &run)
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
      guard
        var invitation = try tx.get(InvitationRecord.self, .invitation, profileOwner, key)
      else { throw EngineError(.nobody) }
      invitation.stage = .closing
      try tx.put(invitation, .invitation, profileOwner, key)
    }
  }

  /// Closes the intake once it has served or failed, and wipes its secret.
  private func closeIfDone(
    _ key: RecordKey, _ secrets: IntakeSecrets, _ connection: any RelayConnection
  ) async throws {
    guard let invitation = try? invitation(key), invitation.stage == .closing else { return }
    try reach(.beforeCloseChannel)
    do {
      try await connection.close(
        secrets.channel, token: secrets.access, turn: try TurnSecret(bytes: invitation.turn))
    } catch RelayError.refused(.noSuchChannel) {
      // It has expired there, or was closed before a crash here.
    }
    try reach(.afterCloseChannel)
    try store.transaction(keys()) { tx in
      if invitation.failure.isEmpty {
        try tx.delete(.invitation, profileOwner, key)
      } else if var now = try tx.get(InvitationRecord.self, .invitation, profileOwner, key) {
        now.forgetSecrets()
        try tx.put(now, .invitation, profileOwner, key)
      }
    }
  }

  func invitation(_ key: RecordKey) throws -> InvitationRecord {
    try store.read(keys()) { tx in
      guard let record = try tx.get(InvitationRecord.self, .invitation, profileOwner, key) else {
        throw EngineError(.nobody)
      }
      return record
    }
  }

  /// Ends an invitation that comes to nothing; its secret goes, the person is told.
  func fail(_ key: RecordKey, _ code: EngineError.Code, _ run: inout Run) throws {
    let name = try store.transaction(keys()) { tx -> String in
      guard
        var invitation = try tx.get(InvitationRecord.self, .invitation, profileOwner, key)
      else { throw EngineError(.nobody) }
      invitation.failure = code.rawValue
      if invitation.isClients { invitation.forgetSecrets() } else { invitation.stage = .closing }
      try tx.put(invitation, .invitation, profileOwner, key)
      return invitation.name
    }
    run.events.append(
      .invitationClosed(LocalName(stored: name), EngineError(code, about: name)))
  }

  /// Two answers: one of them is not from whom it should be, and nobody can tell which.
  private func burn(_ key: RecordKey, _ run: inout Run) throws {
    let invitation = try invitation(key)
    if invitation.stage == .founded {
      // Nothing has been read from that channel: the client had not even committed. It goes whole, so that
      // the name is free for a new invitation.
      try store.transaction(keys()) { tx in
        try tx.deleteEverything(of: invitation.owner)
        try tx.delete(.relationship, profileOwner, RecordKey(invitation.owner.bytes))
      }
    }
    try fail(key, .invitationBurnt, &run)
  }
}
