// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
@testable import MLS
import MLSTesting
import Primitives
import RelayLog
import RelayProtocol
import Testing
import WireFormat

/// What a member with all keys may try, and what it comes to on the other side.
@Suite struct InsiderTests {
  /// Posts what `make` makes of the insider's state; its own store does not know of it.
  private func post(
    _ practice: Practice, named: ((Engine.EpochSecrets) -> NamedHashes)? = nil,
    turning: Bool = true,
    _ make: (Room, inout Group) throws -> (message: MLSMessage, next: Group?)
  ) async throws {
    let mara = practice.mara.alcove
    let owner = try mara.owner(of: practice.inesName)
    let append = try mara.look(owner) { room -> Append in
      var group = try room.group().group
      var (message, next) = try make(room, &group)
      var hashes = NamedHashes.none
      if turning, next != nil, var staged = next {
        let secrets = try Engine.EpochSecrets(
          exportingAndErasing: &staged, channel: room.channel.id)
        next = staged
        hashes = named?(secrets) ?? secrets.named
      } else if turning, let named {
        hashes = named(room.channel.secrets)
      }
      let id = EnvelopeID(random: mara.random)
      let sealed = try #require(
        try room.channel.layer.seal(
          message.wireBytes, id: id, named: hashes, random: mara.random))
      return Append(
        channel: room.channel.id, token: room.channel.secrets.access, id: id,
        turn: hashes.isEmpty ? nil : room.channel.secrets.turn, named: hashes, envelope: sealed)
    }
    _ = try practice.relay.append(append)
  }

  private func commit(
    _ room: Room, _ group: inout Group, _ proposals: [Proposal] = [], line: [UInt8]? = nil,
    mark: ReadMark? = nil, as owner: RecordOwner? = nil
  ) throws -> (message: MLSMessage, next: Group?) {
    let leaf = try room.alcove.freshLeaf(
      suite: group.suite, relationship: room.record.relationship, owner: owner ?? room.owner)
    var options = CommitOptions()
    options.authenticatedData = CommitData(read: mark ?? room.channel.read, line: line).wireBytes
    options.leaf = leaf.parameters
    let pending = try group.commit(
      proposals, options: options,
      validation: Validation(credentials: AcceptAll(), now: 0, receivedLifetimes: .ignore),
      random: room.alcove.random)
    return (pending.message, pending.next)
  }

  private func expectBroken(
    _ practice: Practice, _ code: EngineError.Code = .channelBroken,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let report = try await practice.ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [code], sourceLocation: location)
    #expect(
      try practice.ines.alcove.person(practice.maraName).state == .stopped,
      sourceLocation: location)
  }

  @Test func `an honest commit made by this harness is taken`() async throws {
    let practice = try await Practice.connected()
    try await post(practice) { room, group in try commit(room, &group) }
    #expect(try await practice.ines.alcove.sync().obstacles.isEmpty)
  }

  @Test func `a turn that names other hashes than the epoch's is broken`() async throws {
    let practice = try await Practice.connected()
    try await post(
      practice,
      named: {
        NamedHashes(token: $0.access, turn: TurnSecret(random: SeededRandom(seed: 5)))
      }
    ) { room, group in try commit(room, &group) }
    try await expectBroken(practice)
  }

  @Test func `a turn by a message is broken`() async throws {
    let practice = try await Practice.connected()
    try await post(practice, named: { _ in Self.someHashes }) { room, group in
      (try group.protect([1], random: room.alcove.random), nil)
    }
    try await expectBroken(practice)
  }

  @Test func `a commit where nothing turns is ignored`() async throws {
    let practice = try await Practice.connected()
    try await post(practice, turning: false) { room, group in try commit(room, &group) }
    let report = try await practice.ines.alcove.sync()
    #expect(report.obstacles.isEmpty)
    #expect(
      report.events.contains {
        if case .notice(_, .commitIgnored) = $0 { true } else { false }
      })
  }

  @Test func `a head that is not the ledger's is broken`() async throws {
    let practice = try await Practice.connected()
    try await post(practice) { room, group in
      let wrong = ConsentExtension(length: 4, head: room.ledger.head)
      let place = try #require(
        GroupContextPolicy.place(in: group.extensions, under: room.ledger))
      return try commit(
        room, &group,
        [.groupContextExtensions(GroupContextPolicy.extensions(wrong, place))],
        line: try self.line(room))
    }
    try await expectBroken(practice)
  }

  @Test func `a context change without a line, and a line without one, are broken`() async throws {
    let one = try await Practice.connected()
    try await post(one) { room, group in
      try commit(room, &group, [.groupContextExtensions(group.extensions)])
    }
    try await expectBroken(one)
    let other = try await Practice.connected()
    try await post(other) { room, group in
      try commit(room, &group, line: try self.line(room))
    }
    try await expectBroken(other)
  }

  @Test func `a dropped extension is broken`() async throws {
    let practice = try await Practice.connected()
    try await post(practice) { room, group in
      var next = room.ledger
      let line = try self.line(room)
      try next.append(try UnverifiedLine(line))
      let consent = Extension(
        type: GroupContextPolicy.consent, data: ConsentExtension(next).wireBytes)
      return try commit(
        room, &group,
        [.groupContextExtensions([GroupContextPolicy.required.asExtension, consent])],
        line: line)
    }
    try await expectBroken(practice)
  }

  /// The change of context that a consent line belongs to.
  private func context(_ next: Ledger, _ place: ChannelExtension) -> Proposal {
    .groupContextExtensions(GroupContextPolicy.extensions(ConsentExtension(next), place))
  }

  @Test func `a commit that moves the group to another place is broken: its channel and its relay`()
    async throws
  {
    for moved in [true, false] {
      let practice = try await Practice.connected()
      try await post(practice) { room, group in
        var next = room.ledger
        let line = try self.line(room)
        try next.append(try UnverifiedLine(line))
        let place = try #require(
          ChannelExtension(
            relay: moved ? room.record.relay : Array("http://127.0.0.1:1".utf8),
            channel: moved ? [UInt8](repeating: 7, count: 32) : room.channel.id.bytes,
            relationship: room.ledger.relationship))
        return try commit(room, &group, [context(next, place)], line: line)
      }
      try await expectBroken(practice)
    }
  }

  @Test func `a group whose context names another place than the records is a finding`()
    async throws
  {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    #expect(try ines.audit(practice.maraName).audit.isClean)
    let owner = try ines.owner(of: practice.maraName)
    try ines.store.transaction(ines.keys()) { tx in
      let old = try ines.record(of: owner, in: tx)
      let moved = RelationshipRecord(
        owner: owner, name: old.name, mine: old.mine, relay: Array("http://127.0.0.1:1".utf8),
        relationship: old.relationship, therapist: old.therapist, client: old.client,
        created: old.created)
      try tx.put(moved, .relationship, ines.profileOwner, RecordKey(owner.bytes))
    }
    #expect(try ines.audit(practice.maraName).audit.findings.count == 1)
  }

  @Test func `a tampered line is broken`() async throws {
    let practice = try await Practice.connected()
    try await post(practice) { room, group in
      var line = try self.line(room)
      var next = room.ledger
      try next.append(try UnverifiedLine(line))
      let place = try #require(
        GroupContextPolicy.place(in: group.extensions, under: room.ledger))
      line[line.count - 3] = line[line.count - 3] == 65 ? 66 : 65
      return try commit(room, &group, [context(next, place)], line: line)
    }
    try await expectBroken(practice)
  }

  @Test func `a third leaf is broken`() async throws {
    let practice = try await Practice.connected()
    try await post(practice) { room, group in
      let leaf = try room.alcove.freshLeaf(
        suite: group.suite, relationship: room.record.relationship, owner: room.owner)
      let package = try OwnKeyPackage(
        signatureKey: leaf.parameters.signatureKey, credential: leaf.parameters.credential,
        capabilities: leaf.parameters.capabilities,
        lifetime: Lifetime(notBefore: 0, notAfter: 1_000_000), random: room.alcove.random)
      return try commit(room, &group, [.add(package.keyPackage)])
    }
    try await expectBroken(practice)
  }

  @Test func `a leaf of another identity stops everything, and leaves no number to compare`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines.alcove, practice.mara.alcove)
    try ines.markVerified(practice.maraName)
    let relationship = try mara.look(try mara.owner(of: practice.inesName)) {
      $0.record.relationship
    }
    let stranger = try mara.makeDataKey()
    _ = try mara.vault.makeIdentity(
      for: KeyOwner(stranger), relationship: relationship, at: practice.clock.now())
    try await post(practice) { room, group in try commit(room, &group, as: stranger) }
    try await expectBroken(practice, .identityChanged)
    // It would be that of the identities at the founding, and "verified".
    let refusal = EngineError(.identityChanged, about: practice.maraName.text)
    #expect(throws: refusal) { try ines.safetyNumber(with: practice.maraName) }
    #expect(throws: refusal) { try ines.markVerified(practice.maraName) }
  }

  @Test func `an envelope that does not open is counted, told and skipped`() async throws {
    let practice = try await Practice.connected()
    let mara = practice.mara.alcove
    let owner = try mara.owner(of: practice.inesName)
    let (channel, token) = try mara.look(owner) { ($0.channel.id, $0.channel.secrets.access) }
    _ = try practice.relay.append(
      Append(
        channel: channel, token: token, id: EnvelopeID(random: SeededRandom(seed: 3)),
        envelope: [UInt8](repeating: 7, count: 1_024)))
    _ = try await mara.send("behind the junk", to: practice.inesName)
    let report = try await practice.ines.sync()
    #expect(
      report.events.contains { if case .notice(_, .unopenable) = $0 { true } else { false } })
    try await practice.settle()
    #expect(try practice.ines.texts(practice.maraName) == ["behind the junk"])
    try practice.expectAgreement()
  }

  @Test func `a message forged in this device's name stops everything, and proves no copy`()
    async throws
  {
    let practice = try await Practice.connected()
    try await post(practice, turning: false) { room, group in
      // Every member can derive every message key, and nobody else's signature.
      let victim = LeafIndex(0)
      #expect(group.ownLeaf != victim)
      let message = try AuthenticatedContent(
        signing: FramedContent(
          groupID: group.id, epoch: group.epoch, sender: .member(victim), authenticatedData: [],
          body: .application([1])),
        wireFormat: .privateMessage, context: group.encodedContext, with: group.signatureKey)
      let staged = try group.secretTree.stage(
        .application, of: victim, generation: nil, settings: group.settings)
      let sealed = try PrivateMessage(
        protecting: message, key: staged.key, senderDataSecret: group.keys.senderData,
        reuseGuard: [0, 0, 0, 0], padding: 0, suite: group.suite)
      return (.privateMessage(sealed), nil)
    }
    try await expectBroken(practice, .profileCopied)
    let words = EngineError(.profileCopied, about: "mara").message
    #expect(words.contains("from a copy of this profile, or forged by mara"))
  }

  @Test func `content outside the consent is kept apart`() async throws {
    let practice = try await Practice.connected()
    try await post(practice, turning: false) { room, group in
      let content = Content(
        inner: [UInt8](repeating: 1, count: 16), kind: .scope(.voice), sent: room.now,
        read: room.channel.read, body: Array("no such consent".utf8))
      return (try group.protect(content.wireBytes, random: room.alcove.random), nil)
    }
    _ = try await practice.ines.alcove.sync()
    let conversation = try practice.ines.alcove.read(practice.maraName)
    #expect(conversation.messages.isEmpty)
    #expect(conversation.quarantined.map(\.quarantine) == [.scope])
    #expect(try practice.ines.alcove.audit(practice.maraName).audit.findings == [])
  }

  private static let someHashes = NamedHashes(
    token: AccessToken(random: SeededRandom(seed: 1)),
    turn: TurnSecret(random: SeededRandom(seed: 2)))

  /// A valid next line of the client.
  private func line(_ room: Room) throws -> [UInt8] {
    try room.alcove.sign(
      .withdraw(.scopes([.questionnaires])), upon: room.ledger, void: [], owner: room.owner,
      now: room.now
    ).bytes
  }
}
