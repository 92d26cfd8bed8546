// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// A relay that comes back from a backup, with members who know more than it does.
@Suite struct RepairTests {
  enum Lost: CaseIterable { case messages, turns }
  enum Ahead: CaseIterable { case both, one }

  private final class Counter: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }

  /// Two who are connected, and how long their log is in the backup.
  private func backedUp() async throws -> (practice: Practice, id: ChannelID, kept: Int) {
    let practice = try await Practice.connected()
    let id = try channel(practice)
    return (practice, id, practice.relay.entries(of: id).count)
  }

  private func channel(_ practice: Practice) throws -> ChannelID {
    try practice.ines.alcove.look(try practice.ines.alcove.owner(of: practice.maraName)) {
      $0.channel.id
    }
  }

  @Test(arguments: Lost.allCases, Ahead.allCases)
  func `members who are ahead put back what the relay has lost, byte for byte`(
    lost: Lost, ahead: Ahead
  ) async throws {
    let practice = try await Practice.connected()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    let id = try channel(practice)
    _ = try await ines.alcove.send("before the backup", to: practice.maraName)
    try await practice.settle()
    let kept = relay.entries(of: id).count
    // Whoever is offline has read nothing of what follows.
    for round in 1...3 {
      _ = try await ines.alcove.send("after it \(round)", to: practice.maraName)
      if lost == .turns { _ = try await ines.alcove.rotateKeys(with: practice.maraName) }
    }
    if ahead == .both { try await practice.settle() } else { try await ines.sync() }
    let whole = relay.entries(of: id)
    #expect(whole.count > kept)

    relay.restore(id, to: kept, random: SeededRandom(seed: 77))
    #expect(relay.entries(of: id).count == kept)
    // Who is behind finds a shorter log, and nothing wrong with it.
    if ahead == .one { try await mara.sync() }
    let report = try await ines.sync()
    #expect(
      report.events.contains {
        if case .notice(_, .newIncarnation) = $0 { true } else { false }
      })
    #expect(Array(relay.entries(of: id).prefix(whole.count)) == whole)
    try await practice.settle()
    try practice.expectAgreement()
    _ = try await mara.alcove.send("and on", to: practice.inesName)
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try ines.texts(practice.maraName).last == "and on")
    #expect(
      try mara.texts(practice.inesName).filter { $0.hasPrefix("after it") }
        == ["after it 1", "after it 2", "after it 3"])
  }

  @Test(arguments: [1, 2, 3, 4]) func `a repair that was cut off goes on where it ended`(
    _ point: Int
  ) async throws {
    let (practice, id, kept) = try await backedUp()
    let (ines, relay) = (practice.ines, practice.relay)
    for round in 1...3 {
      _ = try await ines.alcove.send("lost \(round)", to: practice.maraName)
      _ = try await ines.alcove.rotateKeys(with: practice.maraName)
    }
    try await practice.settle()
    let whole = relay.entries(of: id)
    relay.restore(id, to: kept, random: SeededRandom(seed: 78))
    let seen = Counter()
    ines.atEachPoint { name in
      if name.contains("fterAppend"), seen.next() == point { throw Someone.Crash() }
    }
    _ = try? await ines.alcove.sync()
    ines.neverCrash()
    #expect(relay.entries(of: id).count == kept + point)
    try await practice.settle()
    #expect(Array(relay.entries(of: id).prefix(whole.count)) == whole)
    try practice.expectAgreement()
  }

  /// Two members repair at once; whoever is behind finds the log whole when it looks where it ends.
  @Test(arguments: Lost.allCases) func `a member who is behind is no judge of a repair under way`(
    lost: Lost
  ) async throws {
    let (practice, id, kept) = try await backedUp()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    _ = try await ines.alcove.send("lost", to: practice.maraName)
    try await practice.settle()
    _ = try await ines.alcove.send("not read by mara", to: practice.maraName)
    if lost == .turns { _ = try await ines.alcove.rotateKeys(with: practice.maraName) }
    try await ines.sync()
    relay.restore(id, to: kept, random: SeededRandom(seed: 80))
    // Her read is refused; ines puts everything back before she asks what the relay has.
    let repaired = Counter()
    mara.network.fail { call in
      if call == .describe, repaired.next() == 1 {
        for entry in (try? ines.missing(in: relay, id, practice.maraName)) ?? [] {
          _ = try? relay.append(entry)
        }
      }
      return .none
    }
    try await mara.sync()
    mara.network.heal()
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try mara.texts(practice.inesName) == ["lost", "not read by mara"])
  }

  @Test(arguments: [true, false])
  func `a channel that was made after the backup is made again by who knows it`(
    clientIsFirst: Bool
  ) async throws {
    let practice = try await Practice.connected()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    let id = try channel(practice)
    _ = try await ines.alcove.send("after the backup", to: practice.maraName)
    _ = try await mara.alcove.rotateKeys(with: practice.inesName)
    try await practice.settle()
    let whole = relay.entries(of: id)
    #expect(whole.count > 2)
    relay.restore(id, to: nil, random: SeededRandom(seed: 81))
    #expect(!relay.channels.contains(id))
    let report = try await (clientIsFirst ? mara : ines).sync()
    #expect(
      report.events.contains {
        if case .notice(_, .newIncarnation) = $0 { true } else { false }
      })
    #expect(Array(relay.entries(of: id).prefix(whole.count)) == whole)
    _ = try await mara.alcove.send("and on", to: practice.inesName)
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try ines.texts(practice.maraName).last == "and on")
  }

  @Test func `a relay that has lost something and calls itself what it was is not helped`()
    async throws
  {
    let (practice, id, kept) = try await backedUp()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    _ = try await ines.alcove.send("lost", to: practice.maraName)
    try await practice.settle()
    relay.lose(id, behind: kept)
    for someone in [ines, mara] {
      let report = try await someone.alcove.sync()
      #expect(report.obstacles.map(\.error.code) == [.channelGap])
      #expect(report.obstacles.map(\.error.exit) == [.integrity])
    }
    #expect(relay.entries(of: id).count == kept)
    relay.lose(id, behind: nil)
    for someone in [ines, mara] {
      #expect(try await someone.alcove.sync().obstacles.map(\.error.code) == [.channelLost])
    }
    #expect(!relay.channels.contains(id))
  }

  /// Commands that post something of their own.
  enum First: CaseIterable { case send, rotate, withdraw }

  private func begin(_ practice: Practice, with first: First) async throws -> EngineError? {
    let mara = practice.mara.alcove
    return switch first {
    case .send: try await mara.send("first", to: practice.inesName).obstacle
    case .rotate: try await mara.rotateKeys(with: practice.inesName).obstacle
    case .withdraw:
      try await mara.withdrawConsent(with: practice.inesName, .scopes([.questionnaires])).obstacle
    }
  }

  @Test(arguments: First.allCases)
  func `who posts first after a restore repairs before anything else`(first: First) async throws {
    let (practice, id, kept) = try await backedUp()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    _ = try await ines.alcove.send("lost", to: practice.maraName)
    _ = try await ines.alcove.send("lost too", to: practice.maraName)
    try await practice.settle()
    let whole = relay.entries(of: id)
    // No turn is lost: the relay knows every token, and takes anything from anybody.
    relay.restore(id, to: kept, random: SeededRandom(seed: 82))
    let obstacle = try await begin(practice, with: first)
    #expect(obstacle == nil)
    #expect(Array(relay.entries(of: id).prefix(whole.count)) == whole)
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try mara.alcove.person(practice.inesName).trouble == nil)
  }

  @Test(arguments: First.allCases)
  func `nothing is posted to a relay that has lost something and does not say so`(
    first: First
  ) async throws {
    let (practice, id, kept) = try await backedUp()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    _ = try await ines.alcove.send("lost", to: practice.maraName)
    try await practice.settle()
    relay.lose(id, behind: kept)
    let obstacle = try await begin(practice, with: first)
    #expect(obstacle?.code == .channelGap)
    #expect(relay.entries(of: id).count == kept)
    // It is kept, and the relationship has not stopped.
    #expect(try mara.alcove.person(practice.inesName).trouble == nil)
    let waiting = try mara.alcove.person(practice.inesName).waiting
    #expect(waiting == (first == .rotate ? 0 : 1))
  }

  /// By as much as was lost, and by more.
  @Test(arguments: [1, 2, 3])
  func `whoever writes on before the log is whole again is found out`(behind: Int) async throws {
    let (practice, id, kept) = try await backedUp()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    _ = try await ines.alcove.send("lost", to: practice.maraName)
    relay.restore(id, to: kept, random: SeededRandom(seed: 79))
    // In memory a relay does not hold back who is behind.
    for number in 1...behind { _ = try await mara.alcove.send("\(number)", to: practice.inesName) }
    let report = try await ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.channelForked])
    #expect(report.obstacles.allSatisfy { $0.error.isFinal })
    #expect(try ines.alcove.person(practice.maraName).trouble?.code == .channelForked)
    await #expect(throws: EngineError(.channelForked, about: "mara")) {
      try await ines.alcove.send("not kept in vain", to: practice.maraName)
    }
    #expect(relay.entries(of: id).count == kept + behind)
  }

  @Test func `a relay that calls itself what it was is no fork, and may be right again`()
    async throws
  {
    let (practice, id, _) = try await backedUp()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await mara.alcove.send("shown wrongly first", to: practice.inesName)
    let elsewhere = ChainHash.founding(id)
    ines.network.lie { answer in
      ReadAnswer(
        frames: answer.frames.map { frame in
          guard let entry = frame.entry else { return frame }
          return Frame(
            .envelope(
              EnvelopeEntry(
                position: entry.position, id: entry.id, named: entry.named, chain: elsewhere,
                envelope: entry.envelope)))
        }, incarnation: answer.incarnation)
    }
    #expect(try await ines.alcove.sync().obstacles.map(\.error.code) == [.relayInconsistent])
    ines.network.lie { $0 }
    try await practice.settle()
    #expect(try ines.texts(practice.maraName) == ["shown wrongly first"])
  }

  @Test func `a tail plans what is missing, or says why it cannot`() throws {
    let random = SeededRandom(seed: 1)
    let id = try ChannelID(bytes: random.bytes(32))
    var mark = ReadMark(position: Position(0), chain: ChainHash.founding(id))
    var heads = [LogAt(position: mark.position, chain: mark.chain)]
    var stored: [(position: Position, entry: TailEntry)] = []
    let (access, turn) = (AccessToken(random: random), TurnSecret(random: random))
    for position in UInt64(1)...5 {
      let entry = TailEntry(
        id: EnvelopeID(random: random), access: access, turn: turn, named: .none, time: 0,
        sealed: random.bytes(1_024))
      let hash = EntryHash(id: entry.id, named: entry.named, envelope: entry.sealed)
      mark.position = Position(position)
      mark.chain = mark.chain.adding(hash, at: mark.position)
      heads.append(LogAt(position: mark.position, chain: mark.chain))
      stored.append((mark.position, entry))
    }
    let tail = RepairTail(channel: id, end: mark, stored: stored)
    #expect(tail.probes.count == 1)
    for (position, head) in heads.enumerated() {
      guard case .append(let appends) = tail.plan(behind: head) else {
        Issue.record("no plan behind \(position)")
        continue
      }
      #expect(
        appends.map { $0.at?.position.value }
          == (0..<(5 - position)).map { UInt64(position + $0 + 1) })
      #expect(zip(appends, heads[position...]).allSatisfy { $0.at?.chain == $1.chain })
    }
    let other = LogAt(position: Position(2), chain: heads[3].chain)
    if case .fork = tail.plan(behind: other) {} else { Issue.record("another log was not seen") }
    // Another member has been quicker, and was ahead.
    let longer = LogAt(position: Position(9), chain: heads[3].chain)
    if case .append(let none) = tail.plan(behind: longer), none.isEmpty {
    } else {
      Issue.record("something is put back behind what is there")
    }
    // A gap in the tail: what lies before it is of no use.
    let short = RepairTail(channel: id, end: mark, stored: stored.filter { $0.position.value != 3 })
    #expect(short.entries.count == 2)
    if case .tooShort = short.plan(behind: heads[2]) {} else { Issue.record("a gap was not seen") }
  }
}

extension Someone {
  /// What this device would put back, in order.
  fileprivate func missing(
    in relay: MemoryRelay, _ id: ChannelID, _ name: LocalName
  ) throws -> [Append] {
    let tail = try alcove.look(try alcove.owner(of: name)) { try $0.repairTail() }
    let held = relay.entries(of: id)
    let head = held.last.map { LogAt(position: $0.position, chain: $0.chain) }
    guard let head, case .append(let appends) = tail.plan(behind: head) else { return [] }
    return appends
  }
}
