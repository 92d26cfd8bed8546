// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// A relay that is away, loses answers, or lies.
@Suite struct RelayFaultTests {
  @Test func `a relay that is down delays a message, and the next sync delivers it once`()
    async throws
  {
    let practice = try await Practice.connected()
    practice.ines.network.fail(.unreachable)
    let sent = try await practice.ines.alcove.send("kept", to: practice.maraName)
    #expect(sent.delivery == .waiting)
    #expect(sent.obstacle?.code == .relayUnreachable)
    #expect(sent.obstacle?.exit == .unreachable)
    #expect(try practice.ines.alcove.outbox().messages.count == 1)
    practice.ines.network.heal()
    try await practice.settle()
    #expect(try practice.mara.texts(practice.inesName) == ["kept"])
    #expect(try practice.ines.alcove.outbox().messages.isEmpty)
  }

  @Test(arguments: [TestNetwork.Fault.loseRequest, .loseAnswer])
  func `a lost request and a lost answer come to the same`(fault: TestNetwork.Fault) async throws {
    let practice = try await Practice.connected()
    practice.ines.network.fail { $0 == .append ? fault : .none }
    _ = try await practice.ines.alcove.send("once", to: practice.maraName)
    _ = try await practice.ines.alcove.rotateKeys(with: practice.maraName)
    practice.ines.network.heal()
    try await practice.settle()
    #expect(try practice.mara.texts(practice.inesName) == ["once"])
    try practice.expectAgreement()
  }

  @Test func `of two commits that race one lands, and both members go on`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    // Both stage a commit of the same epoch; neither can post.
    ines.network.fail(.unreachable)
    mara.network.fail(.unreachable)
    _ = try await ines.alcove.rotateKeys(with: practice.maraName)
    _ = try await mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.questionnaires]))
    ines.network.heal()
    mara.network.heal()
    _ = try await ines.alcove.send("said before her commit", to: practice.maraName)
    try await practice.settle()
    try practice.expectAgreement()
    #expect(
      try ines.alcove.consent(with: practice.maraName).permitted == [.text])
    #expect(try mara.texts(practice.inesName) == ["said before her commit"])
  }

  @Test func `an amendment that lost its race is dead, told, and listed in the next line`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    mara.network.fail(.unreachable)
    _ = try await mara.alcove.amendConsent(with: practice.inesName, changes: [.voice: true])
    let terms = try ines.alcove.consent(with: practice.maraName).ledger.state.newestOffer.terms
    _ = try await ines.alcove.proposeTerms(to: practice.maraName, terms)
    mara.network.heal()
    let report = try await mara.sync()
    #expect(
      report.events.contains { if case .lineDied(_, .amend) = $0 { true } else { false } })
    _ = try await mara.alcove.amendConsent(with: practice.inesName, changes: [.voice: true])
    let ledger = try mara.alcove.consent(with: practice.inesName).ledger
    #expect(ledger.lines.last { $0.kind == .amend }?.line.void.count == 1)
    try await practice.settle()
    try practice.expectAgreement()
  }

  // MARK: Lies

  @Test func `a dropped envelope stops the reading, and honesty goes on from there`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await mara.alcove.send("one", to: practice.inesName)
    _ = try await mara.alcove.send("two", to: practice.inesName)
    ines.network.lie { answer in
      var frames = answer.frames
      if let index = frames.firstIndex(where: \.isEnvelope) { frames.remove(at: index) }
      return ReadAnswer(frames: frames, incarnation: answer.incarnation)
    }
    let report = try await ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.channelGap])
    #expect(try ines.texts(practice.maraName).isEmpty)
    ines.network.lie { $0 }
    try await practice.settle()
    #expect(try ines.texts(practice.maraName) == ["one", "two"])
  }

  @Test func `a relay that invents entries without end holds nobody`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    let invented = [EntryHash](
      repeating: try EntryHash(bytes: [UInt8](repeating: 7, count: 32)), count: 4_096)
    let reads = Atomic(0)
    let held = ines.alcove(
      over: QuietRelays(
        inner: ines.network,
        invention: { request in
          reads.add(1, ordering: .relaxed)
          return ReadAnswer(
            frames: [
              Frame(.gap(first: Position(request.after.value + 1), entries: invented)),
              Frame(.head(Position(UInt64(Int64.max)))),
            ], incarnation: Incarnation(checked: [UInt8](repeating: 1, count: 16)))
        }))
    let report = try await held.sync()
    #expect(report.obstacles.map(\.error) == [EngineError(.muchToRead, about: "mara")])
    #expect(reads.load(ordering: .relaxed) == 8)
    // What is written now waits, and says why.
    let sent = try await held.send("kept", to: practice.maraName)
    #expect(sent.obstacle?.code == .muchToRead)
    #expect(reads.load(ordering: .relaxed) == 16)
    // Nothing of it was kept: whoever shows the true log again is believed.
    _ = try await mara.alcove.send("true", to: practice.inesName)
    try await practice.settle()
    #expect(try ines.texts(practice.maraName) == ["true", "kept"])
    #expect(try ines.alcove.outbox().messages.isEmpty)
    try practice.expectAgreement()
  }

  @Test func `reordered, swapped and repeated envelopes are seen or harmless`() async throws {
    let lies: [@Sendable ([Frame]) -> [Frame]] = [
      { frames in frames.reversed() },
      { frames in frames + frames },
      { frames in
        // Each position shows the bytes of the other.
        let entries = frames.compactMap(\.entry)
        guard entries.count > 1 else { return frames }
        return [
          entries[0].showing(entries[1]), entries[1].showing(entries[0]),
        ].map { Frame(.envelope($0)) } + frames.filter { !$0.isEnvelope }
      },
      { frames in
        frames.map { frame in
          guard let entry = frame.entry else { return frame }
          var bytes = entry.envelope
          bytes[bytes.count / 2] ^= 1
          return Frame(
            .envelope(
              EnvelopeEntry(
                position: entry.position, id: entry.id, named: entry.named, chain: entry.chain,
                envelope: bytes)))
        }
      },
    ]
    for lie in lies {
      let practice = try await Practice.connected()
      _ = try await practice.mara.alcove.send("one", to: practice.inesName)
      _ = try await practice.mara.alcove.send("two", to: practice.inesName)
      practice.ines.network.lie {
        ReadAnswer(frames: lie($0.frames), incarnation: $0.incarnation)
      }
      _ = try await practice.ines.alcove.sync()
      practice.ines.network.lie { $0 }
      try await practice.settle()
      #expect(try practice.ines.texts(practice.maraName) == ["one", "two"])
      try practice.expectAgreement()
    }
  }

  @Test func `two logs for two members are found by the first message that passes`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    let owner = try ines.alcove.owner(of: practice.maraName)
    let mark = try ines.alcove.look(owner) { $0.channel.read }
    let forger = HidingRelay(from: mark)
    ines.network.lie { forger.answer($0) }
    _ = try await mara.alcove.send("hidden from ines", to: practice.inesName)
    _ = try await ines.alcove.sync()
    #expect(try ines.texts(practice.maraName).isEmpty)
    // She has read her own message, and says so in the next.
    _ = try await mara.alcove.send("shown to ines", to: practice.inesName)
    let report = try await ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.channelForked])
    await #expect(throws: EngineError(.channelForked, about: "mara")) {
      try await ines.alcove.send("more", to: practice.maraName)
    }
    #expect(try ines.alcove.person(practice.maraName).state == .stopped)
    // What gave it away is signed by her, and comes only once.
    #expect(try ines.texts(practice.maraName) == ["shown to ines"])
  }

  @Test func `a conflict that a relay invents stops nothing for good`() async throws {
    let practice = try await Practice.connected()
    let ines = practice.ines
    let lied = ines.alcove(
      over: RefusingRelays(inner: ines.network) { _, call in
        call == .append ? .refused(.idConflict) : nil
      })
    let sent = try await lied.send("once", to: practice.maraName)
    #expect(sent.delivery == .waiting && sent.obstacle?.code == .relayInconsistent)
    let rotated = try await lied.rotateKeys(with: practice.maraName)
    #expect(rotated.obstacle?.code == .relayInconsistent)
    #expect(try ines.alcove.person(practice.maraName).trouble == nil)
    try await practice.settle()
    #expect(try practice.mara.texts(practice.inesName) == ["once"])
    try practice.expectAgreement()
  }

  @Test func `what a relay invents fills no disk`() async throws {
    let practice = try await Practice.connected()
    let ines = practice.ines
    let owner = try ines.alcove.owner(of: practice.maraName)
    let chains = Mutex(try ines.alcove.look(owner) { $0.channel.read })
    let largest = [UInt8](repeating: 1, count: 1 << 20)
    let invented = Atomic(0)
    let random = SeededRandom(seed: 6)
    let held = ines.alcove(
      over: QuietRelays(
        inner: ines.network,
        invention: { request in
          chains.withLock { mark in
            let frames = (0..<16).map { _ in
              let id = EnvelopeID(random: random)
              let hash = EntryHash(id: id, named: .none, envelope: largest)
              let position = Position(mark.position.value + 1)
              mark = ReadMark(position: position, chain: mark.chain.adding(hash, at: position))
              invented.add(1, ordering: .relaxed)
              return Frame(
                .envelope(
                  EnvelopeEntry(
                    position: position, id: id, named: .none, chain: mark.chain, envelope: largest))
              )
            }
            return ReadAnswer(
              frames: frames + [Frame(.head(Position(UInt64(Int64.max))))],
              incarnation: Incarnation(checked: [UInt8](repeating: 1, count: 16)))
          }
        }))
    for run in 1...2 {
      #expect(try await held.sync().obstacles.map(\.error.code) == [.muchToRead])
      #expect(invented.load(ordering: .relaxed) == run * 256)
      let (counted, entries) = try ines.alcove.look(owner) { room in
        (try #require(room.channel.tailBytes), try room.tx.count(.tail, owner))
      }
      #expect(counted <= TailEntry.mostBytes + 16 << 20)
      #expect(entries <= 256 + 4)
    }
  }

  @Test func `a copy of the profile is noticed by the envelope that this store never made`()
    async throws
  {
    let practice = try await Practice.connected()
    let copy = practice.ines.copied()
    _ = try await copy.alcove.send("from the copy", to: practice.maraName)
    let report = try await practice.ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.profileCopied])
    let before = practice.ines.network.calls.count { $0 == .append }
    await #expect(throws: EngineError(.profileCopied, about: "mara")) {
      try await practice.ines.alcove.send("more", to: practice.maraName)
    }
    #expect(practice.ines.network.calls.count { $0 == .append } == before)
  }
}

/// Hides the next envelope from one reader, and renumbers the rest so that all looks whole.
private final class HidingRelay: Sendable {
  private let hidden: Position
  private let chains: Mutex<[UInt64: ChainHash]>

  init(from mark: ReadMark) {
    hidden = Position(mark.position.value + 1)
    chains = Mutex([mark.position.value: mark.chain])
  }

  func answer(_ answer: ReadAnswer) -> ReadAnswer {
    chains.withLock { chains in
      var frames: [Frame] = []
      for frame in answer.frames {
        switch frame.body {
        case .envelope(let entry) where entry.position == hidden: continue
        case .envelope(let entry) where entry.position > hidden:
          let position = Position(entry.position.value - 1)
          guard let before = chains[position.value - 1] else { continue }
          let hash = EntryHash(id: entry.id, named: entry.named, envelope: entry.envelope)
          let chain = before.adding(hash, at: position)
          chains[position.value] = chain
          frames.append(
            Frame(
              .envelope(
                EnvelopeEntry(
                  position: position, id: entry.id, named: entry.named, chain: chain,
                  envelope: entry.envelope))))
        case .caughtUp(let at) where at.position >= hidden:
          let position = Position(at.position.value - 1)
          guard let chain = chains[position.value] else { continue }
          frames.append(Frame(.caughtUp(LogAt(position: position, chain: chain))))
        default: frames.append(frame)
        }
      }
      return ReadAnswer(frames: frames, incarnation: answer.incarnation)
    }
  }
}

extension Frame {
  var entry: EnvelopeEntry? { if case .envelope(let entry) = body { entry } else { nil } }
  var isEnvelope: Bool { entry != nil }
}

extension EnvelopeEntry {
  /// This place with the content of another.
  func showing(_ other: EnvelopeEntry) -> EnvelopeEntry {
    EnvelopeEntry(
      position: position, id: other.id, named: other.named, chain: chain,
      envelope: other.envelope)
  }
}
