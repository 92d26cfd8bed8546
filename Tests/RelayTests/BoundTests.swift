// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing
import WireFormat

@testable import Relay
@testable import RelayLog

/// The numbers that operators and clients are promised, and what lies just within and just beyond.
@Suite struct BoundTests {
  @Test func `the presets are those that are promised to operators`() {
    let limits = RelayLimits()
    #expect(limits.connections == 20_000)
    #expect(limits.connectionsPerAddress == 256)
    #expect(limits.handshakesPerSecond == 10)
    #expect(limits.refusedTokensPerMinute == 60)
    #expect(limits.creationsPerMinute == 30)
    #expect(limits.headerMilliseconds == 10_000)
    #expect(limits.headerBytes == 16_384)
    // And a second more for each 16 KiB.
    #expect(limits.bodySeconds == 30)
    #expect(limits.bodiesInFlight == 64 << 20)
    #expect(limits.writeSeconds == 30)
    #expect(limits.longestWait == 60)
    #expect(limits.pushBytes == 64 << 10)
    // What is due is looked at twice a second: 20 to 25 seconds are promised.
    #expect((20..<25).contains(limits.heartbeatSeconds))
    #expect(limits.idleSeconds > 25)
    #expect(limits.exemptsLoopback)

    let policy = StorePolicy()
    #expect(policy.appendsPerSecond == 20 && policy.appendBurst == 60)
    #expect(policy.freeBytes == 256 << 20)
    #expect(policy.retentionDays == nil)
    let intake = ChannelLimits.of(.intake)
    #expect(intake.envelopes == 8 && intake.bytes == 256 << 10 && intake.days == 14)
    #expect(!intake.mayTurn && ChannelLimits.of(.relationship).mayTurn)

    #expect(WriterQueue.capacity == 4_096)
    #expect(WriterQueue.batchJobs == 256 && WriterQueue.batchBytes == 4 << 20)
    #expect(Follow.maximumSubscriptions == 1_024)
  }

  @Test(arguments: ["3600", "9223372036854775807"])
  func `a read that would wait longer than the longest wait waits for that long`(_ wait: String)
    async throws
  {
    var limits = RelayLimits()
    limits.longestWait = 1
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let began = ContinuousClock.now
      #expect(try await relay.ask(member.read("?wait=\(wait)")).status == 204)
      let waited = ContinuousClock.now - began
      #expect(waited >= .seconds(1) && waited < .seconds(40))
      // What is more than the largest number is none.
      let beyond = try await relay.ask(member.read("?wait=9223372036854775808"))
      #expect(beyond.status == 400 && beyond.problem == "malformed")
    }
  }

  @Test func `a follow has 1,024 subscriptions and no more`() async throws {
    var limits = RelayLimits()
    // All but one are wrong guesses, and each is to be looked at.
    limits.refusedTokensPerMinute = 2_000
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let others = (0..<1_024).map { _ in
        Subscription(
          channel: ChannelID(checked: member.random.bytes(ChannelID.length)), token: member.token,
          after: Position(0))
      }
      let most = TestMember.follow(Array(others.dropLast()) + [member.subscription()])
      #expect(most.body.count == Follow.maximumLength)
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(most.bytes)
        #expect(try await connection.head().status == 200)
        var refused: Set<UInt16> = []
        var followed: [UInt16] = []
        while refused.count + followed.count < 1_024 {
          let next = try await stream.next(&connection)
          let frame = try #require(next)
          if frame.isCaughtUp { followed.append(frame.subscription) }
          if frame.body == .refused(.noSuchChannel) { refused.insert(frame.subscription) }
          try #require(!frame.isBye)
        }
        #expect(followed == [1_023])
        #expect(refused == Set<UInt16>(0..<1_023))
        #expect(try await relay.ask(member.append()).status == 201)
        var pushed = try await stream.next(&connection)
        if case .heartbeat? = pushed?.body { pushed = try await stream.next(&connection) }
        #expect(pushed?.subscription == 1_023 && pushed?.position == 1)
      }
      let large = try await relay.ask(TestMember.follow(others + [member.subscription()]))
      #expect(large.status == 413 && large.problem == "size-class")
    }
  }

  @Test func `64 KiB are pushed whole, and of 256 KiB it is only said that they are there`()
    async throws
  {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(TestMember.follow([member.subscription()]).bytes)
        #expect(try await connection.head().status == 200)
        #expect(try await stream.next(&connection)?.isCaughtUp == true)

        let small = member.append(size: SizeClass.kib64.byteCount)
        #expect(try await relay.ask(small).status == 201)
        let pushed = try await stream.next(&connection)
        guard case .envelope(let entry)? = pushed?.body else { throw RawError.noAnswer }
        // Told so briefly, since they are long.
        let isWhole = entry.envelope == small.body
        #expect(entry.position == Position(1) && isWhole)
        #expect(try await stream.next(&connection)?.isCaughtUp == true)

        let large = member.append(size: SizeClass.kib256.byteCount)
        #expect(try await relay.ask(large).status == 201)
        #expect(try await stream.next(&connection)?.body == .head(Position(2)))
        // It is there for who reads it.
        let read = try await relay.ask(member.read("?after=1")).body.frames
        guard case .envelope(let found)? = read.first?.body else { throw RawError.noAnswer }
        let isFound = found.envelope == large.body
        #expect(isFound)
      }
    }
  }

  @Test func `header fields up to 16 KiB and a hundred are taken, and one more is not`()
    async throws
  {
    try await LiveRelay.run { relay in
      func describe(_ fields: [(name: String, value: String)]) -> RawRequest {
        RawRequest(method: "GET", path: "/v1/relay", fields: fields)
      }
      func text(_ count: Int) -> String { String(repeating: "a", count: count) }
      func many(_ count: Int, of size: Int = 1) -> RawRequest {
        describe((0..<count).map { ("X-\($0)", text(size)) })
      }
      // Names, values and the path count; `Host` is the hundredth.
      for request in [
        describe([("X", text(16_384 - 64))]), many(60, of: 256), many(90), many(99),
      ] {
        let answer = try await relay.ask(request)
        #expect(answer.status == 200 && answer.text.contains("incarnation"))
      }
      for request in [
        describe([("X", text(16_384))]), many(64, of: 256), many(100), many(1_000),
      ] {
        // The connection may be gone before its end is read.
        let status = (try? await relay.ask(request))?.status
        #expect(status == nil || status == 400 || status == 431)
      }
      #expect(try await relay.ask(describe([])).status == 200)
    }
  }

  // MARK: What is counted

  @Test(.timeLimit(.minutes(2)))
  func `a handshake that takes too long is counted as that`() async throws {
    var limits = RelayLimits()
    limits.handshakeMilliseconds = 200
    limits.idleSeconds = 3_600
    try await TLSTests.run(limits) { relay, _ in
      // Nothing, and the beginning of a ClientHello.
      for beginning in [[], [22, 3, 1, 1, 0, 1]] as [[UInt8]] {
        try await RawConnection.open(relay.port) { connection in
          if !beginning.isEmpty { try await connection.send(beginning) }
          _ = await connection.readToEnd()
        }
      }
      #expect(LimitTests.count("handshake-time", relay) == 2)
      #expect(LimitTests.count("header-time", relay) == 0)
    }
  }

  @Test func `a reader who does not read is counted as that`() async throws {
    var limits = RelayLimits()
    limits.writeSeconds = 1
    try await LiveRelay.run(limits) { relay in
      let (member, blob) = try await relay.memberWithBlob()
      // More than fits into the buffers between the two.
      let part = [UInt8](repeating: 7, count: PartIndex.partLength)
      for index in 0..<16 {
        #expect(try await relay.ask(member.part(blob, "\(index)", part)).status == 204)
      }
      let parts = [[UInt8]](repeating: part, count: 16)
      #expect(try await relay.ask(member.seal(blob, parts)).status == 204)
      #expect(LimitTests.count("write-time", relay) == 0)
      // On a very busy machine the system's own deadline, a second later, may be the first.
      for _ in 0..<6 where LimitTests.count("write-time", relay) == 0 {
        try await RawConnection.open(relay.port) { silent in
          try await silent.send(member.readBlob(blob).bytes)
          #expect(try await silent.head().status == 200)
          for _ in 0..<100 where LimitTests.count("write-time", relay) == 0 {
            try await Task.sleep(for: .milliseconds(50))
          }
        }
      }
      #expect(LimitTests.count("write-time", relay) == 1)
    }
  }

  @Test func `followers and subscriptions are shown in two digits`() {
    let metrics = RelayMetrics()
    for (count, shown) in [
      (0, 0), (1, 1), (99, 99), (100, 100), (123, 120), (129, 120), (1_999, 1_900),
      (20_000, 20_000),
    ] {
      metrics.followers.add(count)
      metrics.subscriptions.add(count)
      let lines = metrics.exposition().split(separator: "\n")
      #expect(lines.contains("alcove_relay_followers \(shown)"))
      #expect(lines.contains("alcove_relay_subscriptions \(shown)"))
      metrics.followers.add(-count)
      metrics.subscriptions.add(-count)
    }
  }
}
