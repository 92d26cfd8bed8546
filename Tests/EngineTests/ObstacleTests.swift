// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import MLS
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// What is stored or signed is kept, whatever stands in its way afterwards, and said to be.
@Suite struct ObstacleTests {
  /// A store whose disk is full from some moment on.
  private struct FullStore: RecordStore {
    let inner: any RecordStore
    let isFull: @Sendable () -> Bool

    func transaction<Answer>(
      _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
    ) throws -> Answer {
      if isFull() { throw StoreError.diskFull }
      return try inner.transaction(keys, body)
    }
    func read<Answer>(
      _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
    ) throws -> Answer { try inner.read(keys, body) }
    func eraseTraces() throws(StoreError) { try inner.eraseTraces() }
    func checkIntegrity(_ keys: any RecordKeyRing) throws(StoreError) {
      try inner.checkIntegrity(keys)
    }
    func close() throws(StoreError) { try inner.close() }
  }

  @Test func `a message that is stored when the disk is full is kept, and goes out once`()
    async throws
  {
    let practice = try await Practice.connected()
    let ines = practice.ines
    let isFull = Atomic(false)
    let alcove = Alcove(
      store: FullStore(
        inner: MemoryRecordStore(disk: ines.disk, random: ines.random),
        isFull: { isFull.load(ordering: .relaxed) }),
      vault: ines.vault, clock: ines.clock, random: ines.random, relays: ines.network,
      suite: .x25519ChaCha20,
      // The first step is durable; no other is.
      crash: { _ in isFull.store(true, ordering: .relaxed) })
    let sent = try await alcove.send("once", to: practice.maraName)
    #expect(sent.delivery == .waiting && sent.obstacle?.code == .storeFull)
    #expect(sent.obstacle?.exit == .quota)
    #expect(try ines.alcove.outbox().messages.map(\.message.text) == ["once"])
    try await practice.settle()
    #expect(try practice.mara.texts(practice.inesName) == ["once"])
  }

  @Test func `what has landed is not called kept, though something behind it could not be posted`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    let appends = Atomic(0)
    let onlyTheFirst: @Sendable (TestNetwork.Call) -> TestNetwork.Fault = { call in
      guard call == .append else { return .none }
      return appends.wrappingAdd(1, ordering: .relaxed).oldValue == 0 ? .none : .unreachable
    }
    ines.network.fail { call in
      // The lock is due as soon as the message has left.
      if call == .append { practice.clock.advance(8 * 86_400) }
      return onlyTheFirst(call)
    }
    let sent = try await ines.alcove.send("landed", to: practice.maraName)
    #expect(appends.load(ordering: .relaxed) == 2)
    #expect(sent.delivery == .atRelay && sent.obstacle == nil)
    ines.network.heal()
    try await practice.settle()

    mara.network.fail(.unreachable)
    _ = try await mara.alcove.send("waits", to: practice.inesName)
    appends.store(0, ordering: .relaxed)
    mara.network.fail(onlyTheFirst)
    let posted = try await mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.questionnaires]))
    #expect(appends.load(ordering: .relaxed) == 2)
    #expect(posted.index != nil && posted.obstacle == nil)
  }

  @Test func `a line that lost its race is refused, though something else waits to be posted`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    mara.network.fail(.unreachable)
    _ = try await mara.alcove.send("waits", to: practice.inesName)
    let terms = try ines.alcove.consent(with: practice.maraName).ledger.state.newestOffer.terms
    _ = try await ines.alcove.proposeTerms(to: practice.maraName, terms)
    mara.network.fail { $0 == .append ? .unreachable : .none }
    await #expect(throws: EngineError(.consentLineRefused, about: "albrecht")) {
      try await mara.alcove.amendConsent(with: practice.inesName, changes: [.voice: true])
    }
    #expect(try mara.alcove.outbox().lines.isEmpty)
  }

  @Test func `a withdrawal in a relationship that has stopped is signed, binds, and is said to`()
    async throws
  {
    let practice = try await Practice.connected()
    let mara = practice.mara
    let copy = mara.copied()
    _ = try await copy.alcove.send("from the copy", to: practice.inesName)
    #expect(try await mara.alcove.sync().obstacles.map(\.error.code) == [.profileCopied])
    let posted = try await mara.alcove.withdrawConsent(with: practice.inesName, .everything)
    #expect(posted.index == nil && posted.obstacle?.code == .profileCopied)
    #expect(posted.obstacle?.isFinal == true)
    let view = try mara.alcove.consent(with: practice.inesName)
    #expect(view.permitted.isEmpty && view.pending == .withdraw)
    await #expect(throws: EngineError(.profileCopied, about: "albrecht")) {
      try await mara.alcove.renewConsent(
        with: practice.inesName, until: ConsentTime(clamping: mara.clock.now() + 86_400))
    }
  }

  @Test func `a withdrawal from a file binds the device that takes it, though its channel stopped`()
    async throws
  {
    let practice = try await Practice.connected()
    let ines = practice.ines
    let file = try practice.mara.alcove.withdrawConsentToFile(with: practice.inesName, .everything)
    let copy = ines.copied()
    _ = try await copy.alcove.send("from the copy", to: practice.maraName)
    _ = try await ines.alcove.sync()
    let (name, posted) = try await ines.alcove.importWithdrawal(file)
    #expect(name == practice.maraName)
    #expect(posted.index == nil && posted.obstacle?.code == .profileCopied)
    #expect(try ines.alcove.consent(with: practice.maraName).permitted.isEmpty)
  }

  @Test func `a new device key goes to everybody whose channel takes it`() async throws {
    let practice = try await Practice.connected()
    let (ines, relay) = (practice.ines, practice.relay)
    let jonas = try Someone(.client, relay, practice.clock, seed: 55)
    let jonasName = try #require(LocalName("jonas"))
    let link = try await ines.alcove.invite(jonasName).link
    _ = try await jonas.alcove.accept(
      try await jonas.alcove.inspectInvitation(link),
      Acceptance(answers: [.text: true], signedAs: "J."))
    for _ in 0..<3 {
      try await ines.sync()
      try await jonas.sync()
    }
    let id = try ines.alcove.look(try ines.alcove.owner(of: practice.maraName)) { $0.channel.id }
    relay.lose(id, behind: 0)
    let results = try await ines.alcove.rotateDevice(try RecoveryWords(ines.words))
    #expect(results.map(\.name) == [practice.maraName, jonasName])
    #expect(results.map(\.result.obstacle?.code) == [.channelLost, nil])
    try await jonas.sync()
    let owner = try jonas.alcove.owner(of: practice.inesName)
    #expect(try jonas.alcove.look(owner) { $0.channel.peerSerial } == 2)
  }
}
