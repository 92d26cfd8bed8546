// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import RelayProtocol
import Testing
import WireFormat

@testable import Relay

/// Clients that are slow, greedy or gone.
@Suite struct AbuseTests {
  @Test func `a body that trickles ends its connection, and appends nothing`() async throws {
    var limits = RelayLimits()
    limits.bodySeconds = 1
    // Nothing else ends them.
    limits.idleSeconds = 3_600
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let append = member.append()
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(append.head)
        do {
          for byte in append.body.prefix(40) {
            try await connection.send([byte])
            try await Task.sleep(for: .milliseconds(100))
          }
        } catch {
          // The relay has hung up.
        }
        _ = await connection.readToEnd()
      }
      // One that stops altogether.
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(append.head)
        try await connection.send(Array(append.body.prefix(500)))
        _ = await connection.readToEnd()
      }
      #expect(LimitTests.count("body-time", relay) == 2)
      #expect(try await relay.ask(member.read()).body.frames.count == 1)
      #expect(try await relay.ask(append).status == 201)
    }
  }

  @Test func `a body cut off appends nothing`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let append = member.append()
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(append.head)
        try await connection.send(Array(append.body.prefix(1_023)))
      }
      #expect(try await relay.ask(member.read()).body.frames.count == 1)
    }
  }

  @Test func `who hangs up after the body has appended all the same`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      // The last byte and the end of the connection may arrive in either order: what was taken is
      // kept, and repeating it tells.
      let append = member.append()
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(append.bytes)
      }
      let again = try await relay.ask(append)
      #expect([200, 201].contains(again.status))
      #expect(again["alcove-seq"] == "1")
      #expect(try await relay.ask(member.read()).body.frames.count == 2)
    }
  }

  @Test func `bodies beyond the memory set aside for them are turned away`() async throws {
    var limits = RelayLimits()
    limits.bodiesInFlight = 4_096
    // However slow the machine is, the one that is held does not give way.
    limits.patience = .seconds(3_600)
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let held = member.append(size: 4_096)
      try await RawConnection.open(relay.port) { connection in
        // What is announced takes no memory, what was sent does.
        try await connection.send(held.head)
        try await connection.send(Array(held.body.dropLast()))
        // It has to arrive before the next one does, or that one is what finds room.
        try await Task.sleep(for: .milliseconds(300))
        var refused = try await relay.ask(member.append())
        for _ in 0..<50 where refused.status == 201 {
          refused = try await relay.ask(member.append())
        }
        #expect(refused.status == 503 && refused.problem == "overloaded")
        #expect(refused["retry-after"] != nil)
        try await connection.send(Array(held.body.suffix(1)))
        #expect(try await connection.response().status == 201)
      }
      #expect(try await relay.ask(member.append()).status == 201)
    }
  }

  @Test func `a body that is not coming gives way to one that is`() async throws {
    var limits = RelayLimits()
    limits.bodiesInFlight = 4_096
    limits.patience = .milliseconds(100)
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let held = member.append(size: 4_096)
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(held.head)
        try await connection.send(Array(held.body.dropLast()))
        try await Task.sleep(for: .milliseconds(300))
        let other = member.append(size: 4_096)
        var answer = try await relay.ask(other)
        // Until the one that is held has not moved for long enough.
        for _ in 0..<200 where answer.status == 503 {
          try await Task.sleep(for: .milliseconds(50))
          answer = try await relay.ask(other)
        }
        #expect(answer.status == 201)
        // Its connection was closed for the other, and nothing of it is kept.
        #expect(LimitTests.count("bodies-in-flight", relay) > 0)
        #expect(await connection.readToEnd().isEmpty)
        #expect(LimitTests.count("body-time", relay) == 0)
      }
      #expect(try await relay.ask(member.read()).body.frames.count == 2)
      #expect(try await relay.ask(held).status == 201)
    }
  }

  @Test func `a body that has come whole gives way to nobody, however long the relay takes`()
    async throws
  {
    let bound = FairBound(total: 1_024, perPeer: 1_024, patience: .zero) {}
    // Any channel will do: it is closed when its body gives way.
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let (waiting, coming, last) = (
      bound.begin(for: channel, []), bound.begin(for: channel, []),
      bound.begin(for: channel, [])
    )
    #expect(waiting.add(1_024))
    waiting.hold()
    #expect(!coming.add(1))
    waiting.give()
    #expect(coming.add(1_024))
    // One that is still coming gives way.
    #expect(last.add(1_024))
    try await channel.closeFuture.get()
    #expect(!coming.add(1))
  }

  @Test func `who asks before sending is answered before sending`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let append = member.append()
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(append.with("Expect", "100-continue").head)
        #expect(try await connection.head().status == 100)
        try await connection.send(append.body)
        #expect(try await connection.response().status == 201)
      }
    }
  }

  @Test func `header fields beyond 16 KiB end the connection, and the relay goes on`()
    async throws
  {
    try await LiveRelay.run { relay in
      let describe = RawRequest(method: "GET", path: "/v1/relay", fields: [])
      var long = describe
      long.fields = [("X-Long", String(repeating: "a", count: 20_000))]
      var many = describe
      many.fields = (0..<5_000).map { ("X-\($0)", "a") }
      for request in [long, many] {
        try await RawConnection.open(relay.port) { connection in
          try? await connection.send(request.bytes)
          let bytes = await connection.readToEnd()
          let text = String(decoding: bytes, as: UTF8.self)
          #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"))
        }
      }
      #expect(try await relay.ask(describe).status == 200)
    }
  }

  @Test func `nonsense in place of a request ends the connection, and the relay goes on`()
    async throws
  {
    try await LiveRelay.run { relay in
      for text in [
        "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /v1/envelope HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "GET /v1/relay HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
      ] {
        try await RawConnection.open(relay.port) { connection in
          try await connection.send(text)
          let answer = String(decoding: await connection.readToEnd(), as: UTF8.self)
          #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
        }
      }
      let describe = RawRequest(method: "GET", path: "/v1/relay", fields: [])
      #expect(try await relay.ask(describe).status == 200)
    }
  }

  @Test func `a connection on which nothing happens is closed`() async throws {
    var limits = RelayLimits()
    limits.idleSeconds = 1
    // Nor by the time for header fields.
    limits.headerMilliseconds = 3_600_000
    try await LiveRelay.run(limits) { relay in
      try await RawConnection.open(relay.port) { connection in
        #expect(await connection.readToEnd() == [])
      }
      // Between two requests as well.
      try await RawConnection.open(relay.port) { connection in
        let describe = RawRequest(method: "GET", path: "/v1/relay", fields: [])
        let described = try await connection.ask(describe)
        #expect(described.status == 200)
        #expect(await connection.readToEnd() == [])
      }
      try await RawConnection.open(relay.port) { connection in
        try await connection.send("GET /v1/relay HTT")
        _ = await connection.readToEnd()
      }
    }
  }
}
