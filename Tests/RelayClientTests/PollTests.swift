// SPDX-License-Identifier: Apache-2.0

import Primitives
import Relay
import RelayProtocol
import Synchronization
import Testing
import WireFormat

@testable import RelayClient

/// Many channels where streams do not pass.
@Suite struct PollTests {
  private static func subscriptions(_ count: Int) -> [Subscription] {
    (0..<count).map { index in
      Subscription(
        channel: ChannelID(checked: [UInt8](repeating: UInt8(index % 256), count: 32)),
        token: ClientFixture.token, after: Position(0))
    }
  }

  @Test func `a hundred channels are polled by a relay's ordinary limits, and none is left out`()
    async throws
  {
    var limits = RelayLimits()
    limits.exemptsLoopback = false
    limits.creationsPerMinute = 100
    #expect(limits.handshakesPerSecond == 10)
    try await LiveRelay.run(limits, patience: { $0.poll = .seconds(13) }) { client in
      let random = SeededRandom(seed: 1)
      var subscriptions: [Subscription] = []
      func append(_ index: Int) async throws {
        _ = try await client.append(
          Append(
            channel: subscriptions[index].channel, token: subscriptions[index].token,
            id: EnvelopeID(random: random), envelope: random.bytes(1_024)))
      }
      for index in 0..<100 {
        let token = AccessToken(random: random)
        let channel = try ChannelID(bytes: random.bytes(32))
        try await client.create(
          NewChannel(
            id: channel, kind: .relationship, token: token.hash,
            turn: TurnSecret(random: random).hash))
        subscriptions.append(Subscription(channel: channel, token: token, after: Position(0)))
        try await append(index)
      }
      var seen: [UInt16: [UInt64]] = [:]
      try await client.poll(Follow(subscriptions)) { frame in
        guard case .envelope(let entry) = frame.body else { return true }
        seen[frame.subscription, default: []].append(entry.position.value)
        // When all have been heard of, one more comes to one of them.
        if seen.count == 100, seen.values.allSatisfy({ $0 == [1] }) { try await append(57) }
        return entry.position.value == 1
      }
      #expect(seen.count == 100 && seen[57] == [1, 2])
    }
  }

  @Test func `waits grow shorter as channels grow more, and few are asked at a time`() {
    for (count, wait) in [(1, 25), (8, 25), (9, 12), (100, 1), (1_024, 1)] {
      var turns = PollTurns(Self.subscriptions(count), patience: .seconds(25))
      var asked: [PollTurns.Turn] = []
      while let next = turns.next() {
        #expect(next.wait == wait)
        asked.append(next.turn)
      }
      #expect(asked.count == min(count, 8))
      // Whose page was not the whole is asked at once, when all others have been.
      turns.answered(asked[0], after: Position(4), isBehind: true)
      var order: [Int] = []
      var last: (turn: PollTurns.Turn, wait: Int)?
      while let next = turns.next() {
        order.append(next.turn.index)
        last = next
        if next.turn.index == 0 { break }
        turns.answered(next.turn, after: Position(0), isBehind: false)
      }
      #expect(order == Array(8..<max(count, 8)) + [0])
      #expect(last?.wait == 0 && last?.turn.subscription.after == Position(4))
    }
  }

  @Test func `a page that fails is asked again later, and ends nobody else`() async throws {
    let page = ScriptedServer.Step.answer(
      200, ClientFixture.framesFields, Frame(.turned(last: Position(2))).wireBytes)
    for passing in [
      ScriptedServer.Step.problem(.limited), .problem(.overloaded), .problem(.unavailable),
      .answer(502), .close,
    ] {
      let server = try ScriptedServer([.problem(.noSuchRoute)], [passing], [page])
      var frames: [Frame] = []
      try await ClientFixture.withClient(of: server.address) {
        try await $0.follow(ClientFixture.follow) { frame in
          frames.append(frame)
          return true
        }
      }
      #expect(frames == [Frame(.turned(last: Position(2)))])
    }
  }

  @Test func `a relay that answers none of them any more is told of`() async throws {
    let server = try ScriptedServer([.problem(.noSuchRoute)], [.problem(.unavailable)])
    await #expect(throws: RelayError.refused(.unavailable)) {
      try await ClientFixture.withClient(of: server.address) {
        try await $0.follow(ClientFixture.follow) { _ in true }
      }
    }
    #expect(server.requests.count == 4)
  }

  @Test func `a damaged channel is refused for itself, and not asked again`() async throws {
    let server = try ScriptedServer([.problem(.noSuchRoute)], [.problem(.damaged)])
    var frames: [Frame] = []
    try await ClientFixture.withClient(of: server.address) {
      try await $0.follow(ClientFixture.follow) { frame in
        frames.append(frame)
        return true
      }
    }
    #expect(frames == [Frame(.refused(.damaged))] && server.requests.count == 2)
  }
}
