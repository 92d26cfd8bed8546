// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore

extension Alcove {
  /// One step on one relationship: a transaction whose events are told once it is durable.
  func step<Answer>(
    _ owner: RecordOwner, _ run: inout Run, _ body: (Room) throws -> Answer
  ) throws -> Answer {
    let (answer, events) = try store.transaction(keys()) { tx in
      let room = try Room(self, tx, try record(of: owner, in: tx))
      let answer = try body(room)
      try room.save()
      return (answer, room.events)
    }
    run.events += events
    return answer
  }

  /// Looks at one relationship and changes nothing.
  func look<Answer>(_ owner: RecordOwner, _ body: (Room) throws -> Answer) throws -> Answer {
    try store.read(keys()) { tx in
      try body(try Room(self, tx, try record(of: owner, in: tx)))
    }
  }

  func record(of owner: RecordOwner, in tx: RecordTransaction) throws -> RelationshipRecord {
    guard
      let record = try tx.get(
        RelationshipRecord.self, .relationship, profileOwner, RecordKey(owner.bytes))
    else { throw EngineError(.nobody) }
    return record
  }

  /// Everybody in the list, in the order in which they were met.
  func records(in tx: RecordTransaction) throws -> [RelationshipRecord] {
    try tx.scan(RelationshipRecord.self, .relationship, profileOwner).map(\.value)
      .sorted { ($0.created, $0.owner) < ($1.created, $1.owner) }
  }

  func invitations(
    in tx: RecordTransaction
  ) throws -> [(key: RecordKey, value: InvitationRecord)] {
    try tx.scan(InvitationRecord.self, .invitation, profileOwner)
      .sorted { ($0.value.created, $0.value.owner) < ($1.value.created, $1.value.owner) }
  }

  func profile(in tx: RecordTransaction) throws -> ProfileRecord {
    guard let profile = try tx.get(ProfileRecord.self, .profile, profileOwner, RecordKey(0)) else {
      throw EngineError(.noProfile)
    }
    return profile
  }

  /// Finds a person by the name typed.
  func find(_ name: LocalName, in tx: RecordTransaction) throws -> RelationshipRecord {
    if let record = try records(in: tx).first(where: { $0.name == name.text }) { return record }
    if let invitation = try invitations(in: tx).map(\.value).first(where: { $0.name == name.text })
    {
      // One that came to nothing does not connect with any sync.
      let failure = EngineError.Code(rawValue: invitation.failure)
      throw EngineError(failure ?? .notYetConnected, about: name.text)
    }
    throw EngineError(.nobody, about: name.text)
  }

  func owner(of name: LocalName) throws -> RecordOwner {
    try store.read(keys()) { tx in
      _ = try profile(in: tx)
      return try find(name, in: tx).owner
    }
  }
}
