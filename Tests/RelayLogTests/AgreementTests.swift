// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayLog
import RelayProtocol
import Testing

/// The relay in memory, which the simulation stands on, and the one on a disk answer alike.
@Suite struct AgreementTests {
  private enum Answer: Hashable {
    case created, closed
    case appended(LogAt, isReplay: Bool)
    case frames([Frame])
    case error(RelayError)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `a few hundred steps have the same answers in memory and on a disk`(
    _ seed: UInt64
  ) async throws {
    let place = try TemporaryStore(seed: seed)
    let random = place.random
    let memory = MemoryRelay(random: random)
    let store = try place.open()
    defer { store.stop() }
    var members = try (0..<3).map { _ in try Member(random) }
    var sent: [Append] = []
    var seen: Set<String> = []

    func compare(
      _ inMemory: () throws(RelayError) -> Answer, _ onDisk: () async throws(RelayError) -> Answer
    ) async {
      let expected: Answer
      do { expected = try inMemory() } catch { expected = .error(error) }
      let found: Answer
      do { found = try await onDisk() } catch { found = .error(error) }
      #expect(found == expected)
      if case .error(let error) = found { seen.insert("\(error)") }
    }
    func append(_ append: Append) async {
      sent.append(append)
      await compare { () throws(RelayError) in
        let answer = try memory.append(append)
        return .appended(answer.at, isReplay: answer.isReplay)
      } _: { () throws(RelayError) in
        let answer = try await store.append(append)
        return .appended(answer.at, isReplay: answer.isReplay)
      }
    }

    for _ in 0..<300 {
      let index = Int(random.uniform(below: 3))
      let member = members[index]
      let epoch = Int(random.uniform(below: UInt64(member.epochs.count)))
      switch random.uniform(below: 20) {
      case 0:
        let kind: ChannelClass = index == 2 ? .intake : .relationship
        let new = member.new(kind)
        await compare { () throws(RelayError) in
          try memory.create(new)
          return .created
        } _: { () throws(RelayError) in
          _ = try await store.create(new)
          return .created
        }
      case 1...5: await append(member.message())
      case 6: await append(member.message(epoch: epoch))
      case 7: await append(try Member(random).message())
      case 8:
        if let again = sent.randomElement(random) { await append(again) }
      case 9:
        if let old = sent.randomElement(random) {
          await append(
            Append(
              channel: old.channel, token: old.token, id: old.id, envelope: random.bytes(1_024)))
        }
      case 10...12:
        let (turn, next) = member.turn()
        await append(turn)
        // The lock turned if the new token reads.
        let request = ReadRequest(channel: member.channel, token: next.token, after: Position(0))
        if (try? memory.read(request)) != nil { members[index].advance(next) }
      case 13:
        let named = NamedHashes(token: member.epochs[epoch].token, turn: TurnSecret(random: random))
        await append(
          Append(
            channel: member.channel, token: member.token, id: EnvelopeID(random: random),
            turn: member.epochs[member.epochs.count - 1].turn, named: named,
            envelope: random.bytes(16_384)))
      case 14:
        await append(
          Append(
            channel: member.channel, token: member.token, id: EnvelopeID(random: random),
            at: LogAt(
              position: Position(random.uniform(below: 9)), chain: .founding(member.channel)),
            envelope: random.bytes(1_024)))
      case 15 where random.uniform(below: 12) == 0:
        let current = member.epochs[member.epochs.count - 1]
        await compare { () throws(RelayError) in
          try memory.close(member.channel, token: current.token, turn: current.turn)
          return .closed
        } _: { () throws(RelayError) in
          try await store.close(
            member.channel, token: current.token.hash, turn: current.turn.hash)
          return .closed
        }
      default:
        let request = ReadRequest(
          channel: member.channel, token: member.epochs[epoch].token,
          after: Position(random.uniform(below: 30)),
          maximumBytes: Int(random.uniform(below: 40_000)))
        await compare { () throws(RelayError) in
          .frames(try memory.read(request).frames)
        } _: { () throws(RelayError) in
          .frames(
            try await store.read(
              request.channel, token: request.token.hash, after: request.after,
              maximumBytes: request.maximumBytes))
        }
      }
    }
    // The walk has been somewhere.
    #expect(seen.count >= 4)
  }
}

extension Array {
  fileprivate func randomElement(_ random: SeededRandom) -> Element? {
    isEmpty ? nil : self[Int(random.uniform(below: UInt64(count)))]
  }
}
