// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
@testable import MLS
import MLSTesting
import Primitives
import RelayLog
import RelayProtocol
import Testing
import WireFormat

/// Messages and commits of the other side that are well sealed and say what no honest device says.
@Suite struct ForgedContentTests {
  /// Posts, as mara, what `make` makes; her own store knows only that the ratchet has moved.
  private func post(
    _ practice: Practice, turning: Bool = false,
    _ make: (Room, inout Group) throws -> (message: MLSMessage, next: Group?)
  ) async throws {
    let mara = practice.mara.alcove
    let owner = try mara.owner(of: practice.inesName)
    var run = Run()
    let append = try mara.step(owner, &run) { room -> Append in
      var group = try room.group().group
      var (message, next) = try make(room, &group)
      var hashes = NamedHashes.none
      if turning, var staged = next {
        hashes = try Engine.EpochSecrets(
          exportingAndErasing: &staged, channel: room.channel.id
        ).named
        next = staged
      }
      room.set(MemberGroup(group))
      let id = EnvelopeID(random: mara.random)
      let sealed = try #require(
        try room.channel.layer.seal(message.wireBytes, id: id, named: hashes, random: mara.random))
      return Append(
        channel: room.channel.id, token: room.channel.secrets.access, id: id,
        turn: hashes.isEmpty ? nil : room.channel.secrets.turn, named: hashes, envelope: sealed)
    }
    _ = try practice.relay.append(append)
  }

  private func say(
    _ practice: Practice, _ body: String, inner: UInt8 = 1, later: Int64 = 0,
    read: ((Room) throws -> ReadMark)? = nil
  ) async throws {
    try await post(practice) { room, group in
      let content = Content(
        inner: [UInt8](repeating: inner, count: 16), kind: .scope(.text), sent: room.now + later,
        read: try read?(room) ?? room.channel.read, body: Array(body.utf8))
      return (try group.protect(content.wireBytes, random: room.alcove.random), nil)
    }
  }

  private static func otherChain(_ room: Room) throws -> ReadMark {
    var bytes = room.channel.read.chain.bytes
    bytes[0] ^= 1
    return ReadMark(position: room.channel.read.position, chain: try ChainHash(bytes: bytes))
  }

  private func expectFork(
    _ practice: Practice, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let report = try await practice.ines.alcove.sync()
    #expect(
      report.obstacles.map(\.error.code) == [.channelForked], sourceLocation: location)
    #expect(
      try practice.ines.alcove.person(practice.maraName).state == .stopped,
      sourceLocation: location)
  }

  @Test func `a message whose author has read another log stops everything`() async throws {
    let practice = try await Practice.connected()
    try await say(practice, "from another log", read: Self.otherChain)
    try await expectFork(practice)
  }

  @Test func `a commit whose author has read another log leads into no epoch`() async throws {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    let owner = try ines.owner(of: practice.maraName)
    let epoch = try ines.look(owner) { $0.channel.epoch }
    try await post(practice, turning: true) { room, group in
      let leaf = try room.alcove.freshLeaf(
        suite: group.suite, relationship: room.record.relationship, owner: room.owner)
      var options = CommitOptions()
      options.authenticatedData = CommitData(read: try Self.otherChain(room), line: nil).wireBytes
      options.leaf = leaf.parameters
      let pending = try group.commit(
        [], options: options,
        validation: Validation(credentials: AcceptAll(), now: 0, receivedLifetimes: .ignore),
        random: room.alcove.random)
      return (pending.message, pending.next)
    }
    try await expectFork(practice)
    #expect(try ines.look(owner) { $0.channel.epoch } == epoch)
  }

  @Test func `a mark older than one that was confirmed stops everything`() async throws {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    let owner = try ines.owner(of: practice.maraName)
    for text in ["so far", "so good"] {
      _ = try await practice.mara.alcove.send(text, to: practice.inesName)
      try await practice.settle()
    }
    let confirmed = try ines.look(owner) { $0.channel.confirmed.value }
    try #require(confirmed > 1)
    try await say(
      practice, "read less than before",
      read: { ReadMark(position: Position(1), chain: $0.channel.read.chain) })
    try await expectFork(practice)
  }

  @Test func `the same message sealed twice is delivered once`() async throws {
    let practice = try await Practice.connected()
    for _ in 0..<2 { try await say(practice, "once", inner: 4) }
    _ = try await practice.ines.sync()
    #expect(try practice.ines.texts(practice.maraName) == ["once"])
    try await say(practice, "another", inner: 5)
    _ = try await practice.ines.sync()
    #expect(try practice.ines.texts(practice.maraName) == ["once", "another"])
  }

  @Test(arguments: ["", "  \n", "a\u{0}b"])
  func `a text that cannot be shown is kept apart`(_ body: String) async throws {
    let practice = try await Practice.connected()
    try await say(practice, body)
    _ = try await practice.ines.sync()
    let conversation = try practice.ines.alcove.read(practice.maraName)
    #expect(conversation.messages.isEmpty)
    #expect(conversation.quarantined.map(\.quarantine) == [.malformed])
  }

  @Test func `a time that goes back is kept apart, or a sender could go back to before an expiry`()
    async throws
  {
    let practice = try await Practice.connected()
    try await say(practice, "first", inner: 1, later: 60)
    try await say(practice, "before it", inner: 2, later: 59)
    try await say(practice, "at the same time", inner: 3, later: 60)
    _ = try await practice.ines.sync()
    let conversation = try practice.ines.alcove.read(practice.maraName)
    #expect(conversation.messages.map(\.text) == ["first", "at the same time"])
    #expect(conversation.quarantined.map(\.quarantine) == [.timeWentBack])
  }
}
