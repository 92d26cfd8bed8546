// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

@testable import Relay

/// Every bound, small: what is beyond it is refused and counted, and what is within it goes on.
@Suite struct LimitTests {
  static func limits(_ change: (inout RelayLimits) -> Void) -> RelayLimits {
    var limits = RelayLimits()
    limits.exemptsLoopback = false
    limits.handshakesPerSecond = 1_000
    change(&limits)
    return limits
  }

  /// How often a limit was counted.
  static func count(_ limit: String, _ relay: LiveRelay) -> Int {
    let line = "alcove_relay_limited_total{limit=\"\(limit)\"} "
    let text = relay.metrics.exposition()
    let found = text.split(separator: "\n").first { $0.hasPrefix(line) }
    return found.flatMap { Int($0.dropFirst(line.count)) } ?? -1
  }

  /// Opens `count` connections at once, and tells how many were let in.
  private static func crowd(_ count: Int, _ relay: LiveRelay) async throws -> Int {
    let describe = RawRequest(method: "GET", path: "/v1/relay", fields: [])
    // Each stays until all have been answered or refused.
    let waiting = Level()
    waiting.add(count)
    return try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<count {
        group.addTask {
          try await RawConnection.open(relay.port) { connection in
            let isIn = (try? await connection.ask(describe).status) == 200
            waiting.add(-1)
            while waiting.current > 0 { try await Task.sleep(for: .milliseconds(5)) }
            return isIn
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  @Test func `connections beyond the bound are closed, and there is room again afterwards`()
    async throws
  {
    try await LiveRelay.run(Self.limits { $0.connections = 8 }) { relay in
      let isIn = try await Self.crowd(20, relay)
      #expect(isIn == 8 && Self.count("connections", relay) == 12)
      while relay.metrics.connections.current > 0 { try await Task.sleep(for: .milliseconds(5)) }
      let again = try await Self.crowd(8, relay)
      #expect(again == 8)
    }
  }

  @Test func `one address has so many connections, and no more`() async throws {
    try await LiveRelay.run(Self.limits { $0.connectionsPerAddress = 5 }) { relay in
      let isIn = try await Self.crowd(12, relay)
      #expect(isIn == 5 && Self.count("address-connections", relay) == 7)
    }
  }

  @Test func `one address begins so many connections in a second`() async throws {
    try await LiveRelay.run(Self.limits { $0.handshakesPerSecond = 3 }) { relay in
      let isIn = try await Self.crowd(60, relay)
      #expect(isIn >= 3 && isIn < 60 && Self.count("handshakes", relay) == 60 - isIn)
    }
  }

  @Test func `this machine, where a proxy is, is not one address among others`() async throws {
    try await LiveRelay.run(
      Self.limits {
        $0.exemptsLoopback = true
        $0.connectionsPerAddress = 1
        $0.handshakesPerSecond = 1
        $0.creationsPerMinute = 1
        $0.refusedTokensPerMinute = 1
      }
    ) { relay in
      let isIn = try await Self.crowd(12, relay)
      #expect(isIn == 12)
      for seed in UInt64(1)...4 {
        let member = try TestMember(seed: seed)
        #expect(try await relay.ask(member.read()).status == 404)
        #expect(try await relay.ask(member.create()).status == 201)
      }
    }
  }

  @Test(arguments: ["subscriptions", "address-subscriptions", "channel-follows"])
  func `what is followed is bounded, and there is room again afterwards`(_ limit: String)
    async throws
  {
    let limits = Self.limits { limits in
      switch limit {
      case "subscriptions": limits.subscriptions = 4
      case "address-subscriptions": limits.subscriptionsPerAddress = 4
      default: limits.followsPerChannel = 1
      }
    }
    try await LiveRelay.run(limits) { relay in
      let members = try (0..<4).map { try TestMember(seed: $0 + 1) }
      for member in members { #expect(try await relay.ask(member.create()).status == 201) }
      let follow = TestMember.follow(members.map { $0.subscription() })
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(follow.bytes)
        #expect(try await connection.head().status == 200)
        let refused = try await relay.ask(TestMember.follow([members[0].subscription()]))
        #expect(refused.status == 429 && refused.problem == "limited")
        #expect(Self.count(limit, relay) == 1)
        #expect(try await relay.ask(members[0].append()).status == 201)
      }
      var status: Int?
      for _ in 0..<400 where status != 200 {
        try await Task.sleep(for: .milliseconds(20))
        status = try await RawConnection.open(relay.port) { connection in
          try await connection.send(follow.bytes)
          let status = try await connection.head().status
          // Who has left is noticed by what is sent to them next.
          _ = try await relay.ask(members[0].append())
          return status
        }
      }
      #expect(status == 200)
    }
  }

  @Test(arguments: ["subscriptions", "address-subscriptions"])
  func `a follow that does not fit is refused before its body, or when it no longer fits after it`(
    _ limit: String
  ) async throws {
    let limits = Self.limits { limits in
      if limit == "subscriptions" {
        limits.subscriptions = 4
      } else {
        limits.subscriptionsPerAddress = 4
      }
    }
    try await LiveRelay.run(limits) { relay in
      let members = try (0..<5).map { try TestMember(seed: $0 + 1) }
      for member in members { #expect(try await relay.ask(member.create()).status == 201) }
      func refuses(_ connection: inout RawConnection) async throws {
        let answer = try await connection.response()
        #expect(answer.status == 429 && answer.problem == "limited")
      }
      let all = TestMember.follow(members.map { $0.subscription() })
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(Array(all.bytes.dropLast(all.body.count)))
        try await refuses(&connection)
      }
      // Each of these fits as long as the other is not there.
      let three = TestMember.follow(members[..<3].map { $0.subscription() })
      try await RawConnection.open(relay.port) { slow in
        try await slow.send(Array(three.bytes.dropLast()))
        try await RawConnection.open(relay.port) { quick in
          try await quick.send(three.bytes)
          #expect(try await quick.head().status == 200)
          try await slow.send(Array(three.bytes.suffix(1)))
          try await refuses(&slow)
        }
      }
      #expect(Self.count(limit, relay) == 2)
    }
  }

  @Test func `requests in progress are bounded, by address too, and come back`() async throws {
    for limit in ["requests", "address-requests"] {
      let limits = Self.limits { limits in
        if limit == "requests" { limits.requests = 2 } else { limits.requestsPerAddress = 2 }
      }
      try await LiveRelay.run(limits) { relay in
        let member = try TestMember(seed: 1)
        #expect(try await relay.ask(member.create()).status == 201)
        try await RawConnection.open(relay.port) { first in
          try await first.send(member.read("?wait=60").bytes)
          try await RawConnection.open(relay.port) { second in
            try await second.send(member.read("?wait=60").bytes)
            // One that asks before the second is in progress would take its place.
            try await Task.sleep(for: .milliseconds(200))
            let describe = RawRequest(method: "GET", path: "/v1/relay", fields: [])
            var answer = try await relay.ask(describe)
            for _ in 0..<400 where answer.status == 200 {
              try await Task.sleep(for: .milliseconds(5))
              answer = try await relay.ask(describe)
            }
            #expect(answer.status == (limit == "requests" ? 503 : 429))
            #expect(Self.count(limit, relay) == 1)
            _ = try await relay.store.append(
              AppendJob(
                channel: member.channel, token: member.token.hash,
                id: EnvelopeID(random: member.random), turn: nil, named: .none, at: nil,
                envelope: member.random.bytes(1_024)))
            #expect(try await second.response().status == 200)
          }
          #expect(try await first.response().status == 200)
        }
        #expect(try await relay.ask(member.append()).status == 201)
      }
    }
  }

  @Test func `one address makes so many channels`() async throws {
    try await LiveRelay.run(Self.limits { $0.creationsPerMinute = 3 }) { relay in
      for seed in UInt64(1)...3 {
        let member = try TestMember(seed: seed)
        #expect(try await relay.ask(member.create()).status == 201)
      }
      let answer = try await relay.ask(TestMember(seed: 9).create())
      #expect(answer.status == 429 && answer.problem == "limited")
      #expect(Self.count("creations", relay) == 1)
    }
  }

  @Test(arguments: ["", "GET", "GET /v1/relay HTTP/1.1\r\nHost: relay\r\nA: "])
  func `header fields that do not come to an end are not waited for`(beginning: String) async throws
  {
    try await LiveRelay.run(Self.limits { $0.headerMilliseconds = 1_000 }) { relay in
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(beginning)
        let answer = String(decoding: await connection.readToEnd(), as: UTF8.self)
        #expect(!answer.contains("200 OK"))
      }
      #expect(Self.count("header-time", relay) == 1)
      // Also those of a second request; and a connection between two requests is not closed.
      try await RawConnection.open(relay.port) { connection in
        let describe = RawRequest(method: "GET", path: "/v1/relay", fields: [])
        #expect(try await connection.ask(describe).status == 200)
        try await Task.sleep(for: .milliseconds(1_300))
        #expect(try await connection.ask(describe).status == 200)
        try await connection.send("GET /v1")
        _ = await connection.readToEnd()
      }
      #expect(Self.count("header-time", relay) == 2)
    }
  }

  @Test func `header fields that begin together with a whole request have no more time`()
    async throws
  {
    let limits = Self.limits {
      $0.headerMilliseconds = 1_000
      // Would end it as well, and is not counted.
      $0.idleSeconds = 60
    }
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let describe = RawRequest(method: "GET", path: "/v1/relay", fields: [])
      for beginning in ["G", "GET /v1", "GET /v1/relay HTTP/1.1\r\n"] {
        for (whole, status) in [(describe, 200), (member.append(), 201)] {
          try await RawConnection.open(relay.port) { connection in
            try await connection.send(whole.bytes + Array(beginning.utf8))
            #expect(try await connection.response().status == status)
            #expect(await connection.readToEnd().isEmpty)
          }
        }
      }
      #expect(Self.count("header-time", relay) == 6)
      // Whole requests that come together leave no clock running.
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(describe.bytes + member.append().bytes)
        #expect(try await connection.response().status == 200)
        #expect(try await connection.response().status == 201)
        try await Task.sleep(for: .milliseconds(1_300))
        #expect(try await connection.ask(describe).status == 200)
      }
      #expect(Self.count("header-time", relay) == 6)
    }
  }

  @Test func `a body that trickles is not waited for`() async throws {
    try await LiveRelay.run(Self.limits { $0.bodySeconds = 1 }) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      var request = member.append()
      request.body = []
      request.hasLength = false
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(request.with("Content-Length", "1024").bytes)
        try await connection.send([1])
        _ = await connection.readToEnd()
      }
      #expect(Self.count("body-time", relay) == 1)
    }
  }

  @Test func `header fields beyond 16 KiB or a hundred are refused`() async throws {
    try await LiveRelay.run { relay in
      var large = RawRequest(method: "GET", path: "/v1/relay", fields: [])
      large.fields = [("A", String(repeating: "a", count: 17 << 10))]
      var many = large
      many.fields = (0..<200).map { ("A\($0)", "a") }
      for request in [large, many] {
        let status = (try? await relay.ask(request))?.status
        #expect(status == nil || status == 400 || status == 431)
      }
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
    }
  }

  // MARK: What is remembered of an address

  @Test func `addresses are neighbours by 32 and by 56 bits`() throws {
    func neighbour(_ text: String) throws -> [UInt8] { try #require(IPAddress(text)).neighbour }
    #expect(try neighbour("192.0.2.1") != neighbour("192.0.2.2"))
    #expect(try neighbour("::ffff:192.0.2.1") == neighbour("192.0.2.1"))
    #expect(try neighbour("2001:db8:1:ff00::1") == neighbour("2001:db8:1:ffff:1:2:3:4"))
    #expect(try neighbour("2001:db8:1:fe00::1") != neighbour("2001:db8:1:ff00::1"))
    for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
      #expect(try #require(IPAddress(text)).isLoopback)
    }
    for text in ["192.0.2.1", "::2", "2001:db8::1"] {
      #expect(try !#require(IPAddress(text)).isLoopback)
    }
    for text in [
      "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.-4", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "localhost", "::1.2.3",
    ] {
      #expect(IPAddress(text) == nil, "\(text)")
    }
    for text in ["192.0.2.7", "2001:db8::7"] {
      #expect(try IPAddress(SocketAddress(ipAddress: text, port: 1)) == IPAddress(text))
    }
    #expect(try IPAddress(SocketAddress(unixDomainSocketPath: "/x")) == nil)
    #expect(IPAddress("::1")?.bytes == [UInt8](repeating: 0, count: 15) + [1])
    #expect(IPAddress("1:2:3:4:5:6:1.2.3.4")?.bytes.suffix(4) == [1, 2, 3, 4])
  }

  @Test func `what an address had comes back with time, and is forgotten with the day`() throws {
    let time = Mutex(ContinuousClock.now)
    func pass(_ duration: Duration) { time.withLock { $0 += duration } }
    let limits = Self.limits {
      $0.handshakesPerSecond = 2
      $0.connectionsPerAddress = 3
    }
    let neighbours = Neighbours(limits) { time.withLock { $0 } }
    let one = try #require(IPAddress("192.0.2.1"))
    let other = try #require(IPAddress("192.0.2.2"))
    func arrive(_ address: IPAddress) -> Limit? {
      if case .failure(let refusal) = neighbours.arrive(address) { refusal.limit } else { nil }
    }
    #expect(arrive(one) == nil && arrive(one) == nil && arrive(one) == .handshakes)
    #expect(arrive(other) == nil)
    pass(.milliseconds(500))
    #expect(arrive(one) == nil)
    pass(.seconds(10))
    #expect(arrive(one) == .addressConnections)
    for _ in 0..<limits.refusedTokensPerMinute { neighbours.refuseToken(of: one) }
    #expect(neighbours.hasGuessedEnough(one) && !neighbours.hasGuessedEnough(other))
    pass(.seconds(1))
    #expect(!neighbours.hasGuessedEnough(one))
    // Whoever shows many at once, before the first is judged, waits for as many to come back.
    for _ in 0..<limits.refusedTokensPerMinute { neighbours.refuseToken(of: one) }
    pass(.seconds(58))
    #expect(neighbours.hasGuessedEnough(one))
    pass(.seconds(2))
    #expect(!neighbours.hasGuessedEnough(one))
    for _ in 0..<2 * limits.creationsPerMinute { neighbours.refusePostage(of: other) }
    pass(.seconds(59))
    #expect(neighbours.hasCreatedEnough(other))
    pass(.seconds(4))
    #expect(!neighbours.hasCreatedEnough(other))
    pass(.seconds(86_400))
    #expect(arrive(one) == nil && neighbours.count == 1)
  }

  @Test func `however many addresses come, the memory for them is bounded`() throws {
    let neighbours = Neighbours(Self.limits { $0.creationsPerMinute = 1 })
    for index in UInt32(0)..<70_000 {
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: index >> ($0 * 8)) }
      _ = neighbours.mayCreate(try #require(IPAddress(bytes: bytes)))
    }
    #expect(neighbours.count <= 65_537)
  }
}
