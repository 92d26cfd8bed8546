// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Synchronization
import Testing
import WireFormat

@testable import Relay

/// How a follow ends, for whom, and as what it is counted.
@Suite struct FollowEndTests {
  private static func ends(_ relay: LiveRelay) -> [String: UInt64] {
    let counted = relay.metrics.followEnds.all.filter { $0.count > 0 }
    return Dictionary(uniqueKeysWithValues: counted.map { ($0.value, $0.count) })
  }

  @Test func `a channel whose bodies are damaged ends its own subscription and no other`()
    async throws
  {
    try await RefusingStore.run { relay, store in
      let members = try (1...2).map { try TestMember(seed: $0) }
      for member in members { #expect(try await relay.ask(member.create()).status == 201) }
      store.damage(members[0].channel)
      let read = try await relay.ask(members[0].read())
      #expect(read.status == 500 && read.problem == "damaged")
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(
          TestMember.follow(members.map { $0.subscription() }).bytes)
        #expect(try await connection.head().status == 200)
        #expect(
          try await stream.next(&connection) == Frame(subscription: 0, .refused(.damaged)))
        #expect(try await stream.next(&connection)?.isCaughtUp == true)
        #expect(try await relay.ask(members[1].append()).status == 201)
        let pushed = try await stream.next(&connection)
        #expect(pushed?.subscription == 1 && pushed?.position == 1)
      }
      // Who follows nothing else is told to stay away for a while.
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(TestMember.follow([members[0].subscription()]).bytes)
        #expect(try await connection.head().status == 200)
        #expect(try await stream.next(&connection)?.body == .refused(.damaged))
        #expect(
          try await stream.next(&connection)?.body == .bye(.age, retryAfterMilliseconds: 30_000))
        #expect(try await stream.next(&connection) == nil)
      }
    }
  }

  @Test func `a store that cannot be read ends a follow, and that is no drain`() async throws {
    try await RefusingStore.run { relay, store in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      store.refuse(.unavailable)
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(TestMember.follow([member.subscription()]).bytes)
        #expect(try await connection.head().status == 200)
        #expect(
          try await stream.next(&connection)?.body == .bye(.drain, retryAfterMilliseconds: 1_000))
        #expect(try await stream.next(&connection) == nil)
      }
      #expect(Self.ends(relay) == ["store": 1])
    }
  }

  @Test func `a follower who does not read is ended, and counted as slow`() async throws {
    var limits = RelayLimits()
    limits.writeSeconds = 1
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      // More than fits into the buffers between the two.
      try await RawConnection.open(relay.port) { connection in
        for _ in 0..<320 {
          let answer = try await connection.ask(member.append(size: 65_536))
          #expect(answer.status == 201)
        }
      }
      try await RawConnection.open(relay.port) { silent in
        try await silent.send(TestMember.follow([member.subscription()]).bytes)
        #expect(try await silent.head().status == 200)
        var left = 200
        while Self.ends(relay).isEmpty, left > 0 {
          try await Task.sleep(for: .milliseconds(50))
          left -= 1
        }
        #expect(Self.ends(relay) == ["slow": 1])
        #expect(relay.metrics.followers.current == 0)
      }
    }
  }

  /// Over HTTP/2 a follow ends with its connection, also while the store is being read for it.
  @Test(arguments: [false, true])
  func `a read that is answered after the end of its follow is for nobody`(isKnown: Bool)
    async throws
  {
    try await RefusingStore.run(certificate: TLSTests.certificate().0) { relay, store in
      let member = try TestMember(seed: 1)
      let ask = { (request: RawRequest) in
        try await RawConnection.open(relay.port, tls: RawHTTP2.tls(["http/1.1"])) {
          try await $0.ask(request)
        }
      }
      if isKnown { #expect(try await ask(member.create()).status == 201) }
      store.holdReads()
      try await RawConnection.open(relay.port, tls: RawHTTP2.tls()) { connection in
        let body = Follow([member.subscription()]).wireBytes
        try await connection.send(
          RawHTTP2.beginning + RawHTTP2.post(1, "/v1/follow", body))
        try await Self.until { store.heldReads == 1 }
        try await connection.cut()
        try await Self.until { relay.metrics.followers.current == 0 }
      }
      store.releaseReads()
      #expect(try await ask(member.create()).status == (isKnown ? 200 : 201))
    }
  }

  private static func until(_ condition: () -> Bool) async throws {
    for _ in 0..<600 where !condition() { try await Task.sleep(for: .milliseconds(50)) }
    #expect(condition())
  }
}
