// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// Hashes that stand for bodies which a relay no longer keeps, and a relay that makes them up.
@Suite struct GapTests {
  private static let invented = EntryHash(checked: [UInt8](repeating: 7, count: 32))

  private func channel(_ practice: Practice) throws -> ChannelID {
    try practice.ines.alcove.look(try practice.ines.alcove.owner(of: practice.maraName)) {
      $0.channel.id
    }
  }

  /// How a false hash is followed: by the chain of the true log, or by a promise of more.
  enum Behind: CaseIterable { case chain, nextPage }

  @Test(arguments: Behind.allCases)
  func `a hash that the chain behind it contradicts is not kept, and honesty goes on`(
    behind: Behind
  ) async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await mara.alcove.send("one", to: practice.inesName)
    let before = try ines.alcove.look(try ines.alcove.owner(of: practice.maraName)) {
      $0.channel.read
    }
    ines.network.lie { answer in
      var frames = answer.frames.map { frame in
        guard let entry = frame.entry else { return frame }
        return Frame(.gap(first: entry.position, entries: [Self.invented]))
      }
      if behind == .nextPage, frames.count > 1 {
        frames[frames.count - 1] = Frame(.head(Position(before.position.value + 9)))
      }
      return ReadAnswer(frames: frames, incarnation: answer.incarnation)
    }
    #expect(try await ines.alcove.sync().obstacles.map(\.error.code) == [.relayInconsistent])
    #expect(
      try ines.alcove.look(try ines.alcove.owner(of: practice.maraName)) { $0.channel.read }
        == before)
    ines.network.lie { $0 }
    try await practice.settle()
    #expect(try ines.texts(practice.maraName) == ["one"])
    try practice.expectAgreement()
  }

  @Test func `hashes are taken with the chain that comes on the next page`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    for text in ["one", "two", "three"] {
      _ = try await ines.alcove.send(text, to: practice.maraName)
    }
    let id = try channel(practice)
    let length = relay.entries(of: id).count
    relay.expire(id, through: length - 1)
    // One entry to a page.
    let reads = Atomic(0)
    mara.network.lie { answer in
      reads.add(1, ordering: .relaxed)
      guard answer.frames.count > 2 else { return answer }
      return ReadAnswer(
        frames: [answer.frames[0], Frame(.head(Position(UInt64(length))))],
        incarnation: answer.incarnation)
    }
    let report = try await mara.sync()
    #expect(reads.load(ordering: .relaxed) >= 3)
    let counted = report.events.compactMap { event in
      if case .notice(_, .expired(let count)) = event { count } else { nil }
    }
    #expect(counted == [2])
    #expect(try mara.texts(practice.inesName) == ["three"])
    mara.network.lie { $0 }
    try await practice.settle()
    try practice.expectAgreement()
  }

  /// What a relay shows behind an own commit that it gives out as gone.
  enum Ending: CaseIterable { case asItIs, withChain }

  @Test(arguments: Ending.allCases)
  func `an own commit that is shown by its hash alone has not landed, and does once it is shown`(
    ending: Ending
  ) async throws {
    let practice = try await Practice.connected()
    let mara = practice.mara
    let before = try #require(try mara.alcove.person(practice.inesName).epoch)
    mara.network.fail { $0 == .append ? .loseAnswer : .none }
    mara.network.lie { answer in
      var frames: [Frame] = []
      for frame in answer.frames {
        guard let entry = frame.entry, !entry.named.isEmpty else {
          frames.append(frame)
          continue
        }
        let hash = EntryHash(id: entry.id, named: entry.named, envelope: entry.envelope)
        frames.append(Frame(.gap(first: entry.position, entries: [hash])))
        if ending == .withChain {
          let at = LogAt(position: entry.position, chain: entry.chain)
          return ReadAnswer(
            frames: frames + [Frame(.caughtUp(at))], incarnation: answer.incarnation)
        }
      }
      return ReadAnswer(frames: frames, incarnation: answer.incarnation)
    }
    #expect(try await mara.alcove.rotateKeys(with: practice.inesName).obstacle != nil)
    mara.network.heal()
    #expect(try await mara.alcove.sync().obstacles.map(\.error.code) == [.relayInconsistent])
    #expect(try mara.alcove.person(practice.inesName).epoch == before)
    mara.network.lie { $0 }
    try await mara.sync()
    #expect(try mara.alcove.person(practice.inesName).epoch == before + 1)
    _ = try await mara.alcove.send("in the new epoch", to: practice.inesName)
    try await practice.settle()
    #expect(try practice.ines.texts(practice.maraName) == ["in the new epoch"])
    try practice.expectAgreement()
  }

  @Test func `a log that went on before it was whole again is a fork, though its bodies are gone`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    let id = try channel(practice)
    let kept = relay.entries(of: id).count
    _ = try await ines.alcove.send("lost", to: practice.maraName)
    relay.restore(id, to: kept, random: SeededRandom(seed: 79))
    for text in ["one", "two"] { _ = try await mara.alcove.send(text, to: practice.inesName) }
    relay.expire(id, through: relay.entries(of: id).count)
    let report = try await ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.channelForked])
    #expect(try ines.alcove.person(practice.maraName).trouble?.code == .channelForked)
  }
}
