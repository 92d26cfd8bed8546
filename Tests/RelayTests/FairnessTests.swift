// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing

@testable import Relay
@testable import RelayLog

/// Who gives way to whom when there is no room.
@Suite struct FairnessTests {
  private static let start = ContinuousClock.now
  private static let (one, other) = (Peer.address([1]), Peer.address([2]))

  /// Whether more was taken, and who gave way.
  private static func add(
    _ amount: Int, to number: UInt64, after seconds: Int = 0, _ ledger: inout FairLedger
  ) -> (Bool, [UInt64]) {
    var gone: [UInt64] = []
    let isAdded = ledger.add(amount, to: number, now: start + .seconds(seconds), gone: &gone)
    return (isAdded, gone)
  }

  @Test func `who holds the most gives way at once to who holds less`() {
    var ledger = FairLedger(total: 100, perPeer: 100, patience: .seconds(3_600))
    let large = (0..<5).map { _ in ledger.begin([Self.one], now: Self.start) }
    for number in large { #expect(Self.add(20, to: number, &ledger) == (true, [])) }
    // One that has got somewhere since goes last, and one that waits for the disk not at all.
    ledger.progress(large[0], now: Self.start)
    ledger.hold(large[1])
    let small = ledger.begin([Self.other], now: Self.start)
    #expect(Self.add(10, to: small, &ledger) == (true, [large[2]]))
    #expect(Self.add(30, to: small, &ledger) == (true, [large[3]]))
    // As much as the other's: nobody gives way before the time.
    #expect(Self.add(30, to: small, &ledger) == (false, []))
    #expect(Self.add(30, to: small, after: 3_600, &ledger).0)
    for number in large + [small] { ledger.remove(number) }
    #expect(ledger.isEmpty && ledger.left == 100)
  }

  @Test func `nobody has more than a share, whatever is left`() {
    var ledger = FairLedger(total: 100, perPeer: 30, patience: .seconds(2))
    let first = ledger.begin([Self.one, .nobody(7)], now: Self.start)
    let second = ledger.begin([Self.one], now: Self.start)
    #expect(Self.add(20, to: first, &ledger) == (true, []))
    #expect(Self.add(20, to: second, &ledger) == (false, []))
    #expect(Self.add(31, to: second, after: 9, &ledger) == (false, []))
    // Of one peer, those give way who have got nowhere for a while.
    #expect(Self.add(20, to: second, after: 1, &ledger) == (false, []))
    #expect(Self.add(20, to: second, after: 2, &ledger) == (true, [first]))
    ledger.progress(second, now: Self.start + .seconds(3))
    let third = ledger.begin([Self.one], now: Self.start)
    #expect(Self.add(20, to: third, after: 4, &ledger) == (false, []))
    // Who had to give way takes nothing more.
    #expect(Self.add(1, to: first, &ledger) == (false, []))
  }

  @Test func `what is held adds up, whatever is done in whichever order`() {
    let random = SeededRandom(seed: 3)
    var ledger = FairLedger(total: 1_000, perPeer: 300, patience: .seconds(5))
    var held: [UInt64: Int] = [:]
    for step in 0..<20_000 {
      let draw = random.bytes(4).map { Int($0) }
      let now = Self.start + .milliseconds(step * 20)
      guard draw[0] < 200, let number = held.keys.sorted().dropFirst(draw[1] % 64).first else {
        let peers: [Peer] = [.address([UInt8(draw[2] % 5)]), .nobody(UInt64(draw[3] % 9))]
        if held.count < 64 { held[ledger.begin(peers, now: now)] = 0 }
        continue
      }
      switch draw[2] % 6 {
      case 0, 1, 2:
        var gone: [UInt64] = []
        if ledger.add(draw[3], to: number, now: now, gone: &gone) { held[number]? += draw[3] }
        for number in gone { held[number] = nil }
      case 3:
        if ledger.shrink(number, to: draw[3]) < 0 { held[number] = draw[3] }
      case 4: ledger.progress(number, now: now)
      default:
        if draw[3] < 128 {
          ledger.hold(number)
        } else {
          ledger.remove(number)
          held[number] = nil
        }
      }
      #expect(ledger.left == 1_000 - held.values.reduce(0, +) && ledger.left >= 0)
    }
    for number in held.keys { ledger.remove(number) }
    #expect(ledger.isEmpty && ledger.left == 1_000)
  }

  // MARK: Over HTTP

  /// A channel with so many envelopes of 1 MiB.
  private static func filled(_ relay: LiveRelay, seed: UInt64, _ count: Int) async throws
    -> TestMember
  {
    let member = try TestMember(seed: seed)
    #expect(try await relay.ask(member.create()).status == 201)
    for _ in 0..<count {
      _ = try await relay.store.append(
        AppendJob(
          channel: member.channel, token: member.token.hash,
          id: EnvelopeID(random: member.random), turn: nil, named: .none, at: nil,
          envelope: member.random.bytes(1 << 20)))
    }
    return member
  }

  @Test(arguments: [4, 6])
  func `readers that take nothing and come back hold up nobody else`(megabytes: Int) async throws {
    var limits = RelayLimits()
    // More than lies in the buffers between the two.
    limits.readBytes = 16 << 20
    limits.answersInFlight = megabytes << 20
    // In the second case the share alone keeps them from taking it all.
    limits.answersPerPeer = megabytes == 4 ? 4 << 20 : 3 << 20
    // They would never have waited for long enough.
    limits.patience = .seconds(3_600)
    try await LiveRelay.run(limits) { relay in
      let deaf = try await Self.filled(relay, seed: 1, 16)
      let honest = try await Self.filled(relay, seed: 2, 1)
      var turnedAway = 0
      for _ in 0..<5 {
        try await RawConnection.open(relay.port) { first in
          try await first.send(deaf.read().bytes)
          #expect(try await first.head().status == 200)
          try await RawConnection.open(relay.port) { second in
            try await second.send(deaf.read().bytes)
            #expect(try await second.head().status == 200)
            for _ in 0..<3 {
              var answer = try await relay.ask(honest.read())
              // While the relay itself is at work for them, which it is until the buffers are full, nobody
              // gives way.
              while answer.status == 503, turnedAway < 1_000 {
                turnedAway += 1
                try await Task.sleep(for: .milliseconds(20))
                answer = try await relay.ask(honest.read())
              }
              #expect(answer.status == 200 && answer.body.count > 1 << 20)
            }
          }
        }
      }
      // It did come to that.
      #expect(LimitTests.count("answers-in-flight", relay) > turnedAway)
    }
  }

  @Test func `a page is what there is room for, and the next one goes on behind it`() async throws {
    var limits = RelayLimits()
    // Beside an envelope that is being taken there is no room for the next.
    limits.answersPerPeer = 3 << 19
    limits.readBytes = 8 << 20
    try await LiveRelay.run(limits) { relay in
      let member = try await Self.filled(relay, seed: 1, 5)
      var positions: [UInt64] = []
      for _ in 0..<5 where positions.count < 5 {
        let answer = try await relay.ask(member.read("?after=\(positions.count)"))
        #expect(answer.status == 200 && answer.body.count < 2 << 20)
        for frame in try answer.body.frames {
          if case .envelope(let entry) = frame.body { positions.append(entry.position.value) }
        }
      }
      #expect(positions == [1, 2, 3, 4, 5])
    }
  }

  @Test func `of a page no more is held than is being taken and comes next`() async throws {
    var limits = RelayLimits()
    limits.answersPerPeer = 5 << 19
    limits.readBytes = 8 << 20
    try await LiveRelay.run(limits) { relay in
      let member = try await Self.filled(relay, seed: 1, 5)
      let answer = try await relay.ask(member.read())
      #expect(answer.status == 200 && answer.body.count > 5 << 20)
      let positions = try answer.body.frames.compactMap { frame in
        if case .envelope(let entry) = frame.body { entry.position.value } else { nil }
      }
      #expect(positions == [1, 2, 3, 4, 5])
      #expect(try answer.body.frames.last?.isCaughtUp == true)
      // As much as was asked for, and no more.
      let frames = try await relay.ask(member.read("?max=\((2 << 20) + 5)")).body.frames
      #expect(frames.count == 3 && frames.last?.body == .head(Position(5)))
    }
  }

  @Test func `a slow upload that goes on is not closed for a newer one`() async throws {
    var limits = RelayLimits()
    limits.bodiesPerPeer = (1 << 20) + (512 << 10)
    limits.patience = .seconds(2)
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let (slow, newer) = (member.append(size: 1 << 20), member.append(size: 1 << 20))
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(slow.head)
        for start in stride(from: 0, to: 1 << 20, by: 32 << 10) {
          try await connection.send(Array(slow.body[start..<start + (32 << 10)]))
          try await Task.sleep(for: .milliseconds(80))
          if start == 28 * (32 << 10) {
            // There is no room for both of them.
            #expect(try await relay.ask(newer).status == 503)
          }
        }
        #expect(try await connection.response().status == 201)
      }
    }
  }

  @Test func `parts of nobody's blob take none of the room for parts`() async throws {
    var limits = RelayLimits()
    limits.partsInFlight = 2
    limits.patience = .seconds(3_600)
    try await LiveRelay.run(limits) { relay in
      let (member, blob) = try await relay.memberWithBlob()
      let part = [UInt8](repeating: 1, count: PartIndex.partLength)
      let (greedy, stranger) = (try TestMember(seed: 2), try TestMember(seed: 3))
      #expect(try await relay.ask(greedy.create()).status == 201)
      #expect(try await relay.ask(greedy.makeBlob(blob)).status == 201)
      func begin(_ member: TestMember, _ index: Int, _ connection: RawConnection) async throws {
        try await connection.send(Array(member.part(blob, "\(index)", part).bytes.prefix(9_000)))
      }
      try await RawConnection.open(relay.port) { first in
        try await begin(greedy, 0, first)
        // It has to arrive first, to be the older.
        try await Task.sleep(for: .milliseconds(300))
        try await RawConnection.open(relay.port) { second in
          try await begin(greedy, 1, second)
          try await RawConnection.open(relay.port) { third in
            try await begin(stranger, 0, third)
            #expect(try await third.response().status == 404)
            // Nobody has given way to somebody who may not.
            #expect(LimitTests.count("parts-in-flight", relay) == 0)
            // Two of one channel: the older of them gives way to another channel's first.
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await relay.ask(member.part(blob, "0", part)).status == 204)
            _ = await first.readToEnd()
          }
        }
      }
    }
  }
}
