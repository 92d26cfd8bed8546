// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import RelayLog
import RelayProtocol
import Testing

@Suite struct MessageTests {
  @Test func `the limits of a message are exact`() async throws {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    let longest = [UInt8](repeating: 97, count: 1_000_000)
    let sent = try await ines.send(longest, to: practice.maraName)
    #expect(sent.delivery == .atRelay)
    await #expect(throws: EngineError(.messageTooLong, about: "mara")) {
      try await ines.send(longest + [97], to: practice.maraName)
    }
    for blank in ["", " ", " \t\r\n\n"] {
      await #expect(throws: EngineError(.messageEmpty, about: "mara")) {
        try await ines.send(blank, to: practice.maraName)
      }
    }
    await #expect(throws: EngineError(.messageNotText, about: "mara")) {
      try await ines.send([97, 0, 98], to: practice.maraName)
    }
    await #expect(throws: EngineError(.messageNotText, about: "mara")) {
      try await ines.send([0xff, 0xfe], to: practice.maraName)
    }
    try await practice.settle()
    #expect(try practice.mara.texts(practice.inesName).map(\.utf8.count) == [1_000_000])
  }

  @Test func `an expired consent refuses until it is renewed`() async throws {
    let practice = try await Practice.connected()
    practice.clock.advance(366 * 86_400)
    await #expect(throws: EngineError(.consentExpired, about: "mara")) {
      try await practice.ines.alcove.send("late", to: practice.maraName)
    }
    _ = try await practice.mara.alcove.renewConsent(
      with: practice.inesName, until: ConsentTime(clamping: practice.clock.now() + 86_400))
    try await practice.ines.sync()
    #expect(try practice.ines.alcove.person(practice.maraName).awaitsDecision)
    let shown = try practice.ines.alcove.consent(with: practice.maraName).ledger
    await #expect(throws: EngineError(.decisionChanged, about: "mara")) {
      try await practice.ines.alcove.acknowledgeConsent(
        of: practice.maraName, seen: shown.lines[1].hash)
    }
    _ = try await practice.ines.alcove.acknowledgeConsent(
      of: practice.maraName, seen: shown.last.hash)
    _ = try await practice.ines.alcove.send("in time", to: practice.maraName)
    try await practice.settle()
    #expect(try practice.mara.texts(practice.inesName) == ["in time"])
    try practice.expectAgreement()
  }

  @Test func `a withdrawal binds this device though the relay is away`() async throws {
    let practice = try await Practice.connected()
    practice.mara.network.fail(.unreachable)
    _ = try await practice.mara.alcove.send("written before", to: practice.inesName)
    let posted = try await practice.mara.alcove.withdrawConsent(
      with: practice.inesName, .everything)
    #expect(posted.index == nil && posted.obstacle?.code == .relayUnreachable)
    await #expect(throws: EngineError(.consentWithdrawn, about: "albrecht")) {
      try await practice.mara.alcove.send("after", to: practice.inesName)
    }
    practice.mara.network.heal()
    try await practice.settle()
    // What had not left before the withdrawal does not leave after it.
    #expect(try practice.ines.texts(practice.maraName).isEmpty)
    #expect(try practice.mara.alcove.read(practice.inesName).messages.first?.delivery == .refused)
    try practice.expectAgreement()
  }

  @Test func `a withdrawal handed over as a file is carried by the other side`() async throws {
    let practice = try await Practice.connected()
    let file = try practice.mara.alcove.withdrawConsentToFile(
      with: practice.inesName, .scopes([.questionnaires]))
    let (name, posted) = try await practice.ines.alcove.importWithdrawal(file)
    #expect(name == practice.maraName && posted.index == 3)
    try await practice.settle()
    try practice.expectAgreement()
    await #expect(throws: EngineError(.notAWithdrawal)) {
      try await practice.ines.alcove.importWithdrawal(Array("hello\n".utf8))
    }
  }

  @Test func `a device acknowledges at most daily and never an acknowledgement`() async throws {
    let practice = try await Practice.connected()
    try await practice.settle()
    let owner = try practice.ines.alcove.owner(of: practice.maraName)
    func head() throws -> UInt64 {
      try practice.ines.alcove.look(owner) { $0.channel.read.position.value }
    }
    let quiet = try head()
    try await practice.settle()
    #expect(try head() == quiet)
    _ = try await practice.ines.alcove.send("one", to: practice.maraName)
    try await practice.settle()
    let first = try head()
    #expect(first == quiet + 2)
    _ = try await practice.ines.alcove.send("two", to: practice.maraName)
    try await practice.settle()
    #expect(try head() == first + 1)
  }

  @Test func `new keys are acknowledged as a withdrawal is`() async throws {
    for withdraws in [false, true] {
      let practice = try await Practice.connected()
      let (ines, mara) = (practice.ines, practice.mara)
      let owner = try ines.alcove.owner(of: practice.maraName)
      if withdraws {
        _ = try await mara.alcove.withdrawConsent(
          with: practice.inesName, .scopes([.questionnaires]))
      } else {
        _ = try await mara.alcove.rotateKeys(with: practice.inesName)
      }
      let before = try mara.alcove.look(try mara.alcove.owner(of: practice.inesName)) {
        $0.channel.read.position.value
      }
      try await practice.settle()
      let after = try ines.alcove.look(owner) { $0.channel.read.position.value }
      #expect(after == before + 1, "\(withdraws)")
    }
  }

  @Test func `a client acknowledges the therapist's first turn`() async throws {
    let practice = try await Practice.connected()
    practice.clock.advance(86_400)
    _ = try await practice.ines.alcove.rotateKeys(with: practice.maraName)
    let owner = try practice.ines.alcove.owner(of: practice.maraName)
    let place = try practice.ines.alcove.look(owner) { $0.channel.read.position.value }
    try await practice.settle()
    #expect(try practice.ines.alcove.person(practice.maraName).confirmed?.position == place)
  }

  @Test func `reading a withdrawal of everything is acknowledged, once`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await mara.alcove.withdrawConsent(with: practice.inesName, .everything)
    let owner = try mara.alcove.owner(of: practice.inesName)
    let place = try mara.alcove.look(owner) { $0.channel.read.position.value }
    try await practice.settle()
    let confirmed = try #require(try mara.alcove.person(practice.inesName).confirmed)
    #expect(confirmed.position == place)
    practice.clock.advance(2 * 86_400)
    try await practice.settle()
    let quiet = try ines.alcove.look(try ines.alcove.owner(of: practice.maraName)) {
      $0.channel.read.position.value
    }
    #expect(quiet == place + 1)
    try practice.expectAgreement()
  }

  /// One that cannot be parsed lies where nothing has to look.
  @Test func `what was said long ago is not opened to count, to send or to read what is new`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines.alcove, practice.mara)
    for number in 1...9 {
      _ = try await mara.alcove.send("\(number)", to: practice.inesName)
    }
    try await practice.ines.sync()
    #expect(try ines.person(practice.maraName).unread == 9)
    #expect(try ines.inbox().unread.first?.messages.map(\.text).first == "9")
    _ = try ines.read(practice.maraName)
    _ = try await mara.alcove.send("10", to: practice.inesName)
    try await practice.ines.sync()
    let owner = try ines.owner(of: practice.maraName)
    try ines.store.transaction(ines.keys()) { tx in
      let oldest = try #require(try tx.keys(.message, owner).first)
      try tx.put([0], .message, owner, oldest)
    }
    practice.ines.network.fail(.unreachable)
    _ = try await ines.send("waits", to: practice.maraName)
    #expect(try ines.outbox().messages.map(\.message.text) == ["waits"])
    practice.ines.network.heal()
    #expect(try await ines.send("back", to: practice.maraName).delivery == .atRelay)
    let person = try ines.person(practice.maraName)
    #expect(person.unread == 1 && person.waiting == 0)
    #expect(try ines.inbox().unread.map { $0.messages.map(\.text) } == [["10"]])
  }

  /// What a version of the state ends with that its successor does not have yet.
  @Test(arguments: [(version: UInt8(1), lacks: 24), (version: 2, lacks: 16)])
  func `a channel that was stored before the unread and the tail were counted still loads`(
    version: UInt8, lacks: Int
  ) async throws {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    _ = try await practice.mara.alcove.send("not shown", to: practice.inesName)
    try await practice.ines.sync()
    let owner = try ines.owner(of: practice.maraName)
    try ines.store.transaction(ines.keys()) { tx in
      var bytes = try #require(try tx.get(.channel, owner))
      bytes[0] = version
      bytes.removeLast(lacks)
      try tx.put(bytes, .channel, owner)
    }
    #expect(try ines.look(owner) { $0.channel.unread } == (version == 1 ? nil : 1))
    #expect(try ines.look(owner) { $0.channel.tailBytes } == nil)
    #expect(try ines.person(practice.maraName).unread == 1)
    try await practice.ines.sync()
    #expect(try ines.look(owner) { $0.channel.unread } == 1)
    let held = try ines.look(owner) { room in
      try room.tx.scan(TailEntry.self, .tail, owner).reduce(0) { $0 + $1.value.sealed.count }
    }
    #expect(try ines.look(owner) { $0.channel.tailBytes } == UInt64(held))
    #expect(held > 0)
    _ = try ines.read(practice.maraName)
    #expect(try ines.person(practice.maraName).unread == 0)
  }

  @Test func `the tail keeps what is young or among the newest, and is looked through no further`()
    async throws
  {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    let owner = try ines.owner(of: practice.maraName)
    var run = Run()
    let (first, count) = try ines.step(owner, &run) { room -> (UInt64?, Int) in
      let (channel, now) = (room.channel, room.now)
      func put(_ position: UInt64, daysAgo days: Int64) throws {
        let entry = TailEntry(
          id: EnvelopeID(random: ines.random), access: channel.secrets.access,
          turn: channel.secrets.turn, named: .none, time: now - days * 86_400, sealed: [1])
        try room.tx.put(entry, .tail, owner, RecordKey(position))
      }
      for position in UInt64(1)...300 { try put(position, daysAgo: position <= 20 ? 15 : 13) }
      // Written while the clock was wrong.
      try put(5, daysAgo: -365)
      // Behind the first young one nothing is opened.
      try room.tx.put([0], .tail, owner, RecordKey(30))
      while room.channel.read.position.value < 300 { room.channel.count(EntryHash(checked: [])) }
      try room.trimTail()
      let keys = try room.tx.keys(.tail, owner)
      return (keys.first?.number, keys.count)
    }
    #expect(first == 21 && count == 280)
  }

  @Test func `a lock turns by itself within seven days`() async throws {
    let practice = try await Practice.connected()
    let before = try practice.ines.alcove.person(practice.maraName).epoch ?? 0
    practice.clock.advance(7 * 86_400)
    try await practice.settle()
    #expect(try practice.ines.alcove.person(practice.maraName).epoch ?? 0 >= before + 2)
    try practice.expectAgreement()
  }

  @Test func `a new device goes out with the next commit, and its lines are taken`() async throws {
    let practice = try await Practice.connected()
    let results = try await practice.mara.alcove.rotateDevice(
      try RecoveryWords(practice.mara.words))
    #expect(results.map(\.name) == [practice.inesName])
    try await practice.settle()
    _ = try await practice.mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.questionnaires]))
    try await practice.settle()
    try practice.expectAgreement()
    let owner = try practice.ines.alcove.owner(of: practice.maraName)
    #expect(try practice.ines.alcove.look(owner) { $0.channel.peerSerial } == 2)
    #expect(try practice.ines.alcove.audit(practice.maraName).audit.findings == [])
    await #expect(throws: EngineError(.wrongRecoveryWords)) {
      try await practice.mara.alcove.rotateDevice(try RecoveryWords(practice.ines.words))
    }
  }

  @Test func `a device key replaced while a commit is under way goes out with the next`()
    async throws
  {
    let practice = try await Practice.connected()
    let mara = practice.mara
    mara.network.fail(.unreachable)
    _ = try await mara.alcove.rotateKeys(with: practice.inesName)
    _ = try await mara.alcove.rotateDevice(try RecoveryWords(mara.words))
    mara.network.heal()
    try await practice.settle()
    try practice.expectAgreement()
    let owner = try practice.ines.alcove.owner(of: practice.maraName)
    #expect(try practice.ines.alcove.look(owner) { $0.channel.peerSerial } == 2)
    #expect(try mara.alcove.keyReport().relationships.map(\.pending) == [false])
  }

  @Test func `an audit between a line of a new device and its leaf finds nothing`() async throws {
    let practice = try await Practice.connected()
    let mara = practice.mara
    mara.network.fail(.unreachable)
    _ = try await mara.alcove.rotateDevice(try RecoveryWords(mara.words))
    let file = try mara.alcove.withdrawConsentToFile(
      with: practice.inesName, .scopes([.questionnaires]))
    _ = try await practice.ines.alcove.importWithdrawal(file)
    #expect(try practice.ines.alcove.audit(practice.maraName).audit.findings == [])
    mara.network.heal()
    try await practice.settle()
    try practice.expectAgreement()
  }
}
