// SPDX-License-Identifier: Apache-2.0

import Relay
import RelayProtocol
import Testing

/// What HTTP/1 asks of every server, whatever it serves.
@Suite struct HTTP1RulesTests {
  /// A relay whose connections end by what is asked of them, and not because nothing happens.
  private static func run(
    _ body: @Sendable @escaping (LiveRelay, TestMember) async throws -> Void
  ) async throws {
    var limits = RelayLimits()
    limits.idleSeconds = 3_600
    limits.headerMilliseconds = 3_600_000
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      try await body(relay, member)
    }
  }

  /// All that comes until the relay closes.
  private static func all(_ relay: LiveRelay, _ request: [UInt8]) async throws -> String {
    try await RawConnection.open(relay.port) { connection in
      try await connection.send(request)
      return String(decoding: await connection.readToEnd(), as: UTF8.self)
    }
  }

  /// The same request as a client of 1996 sends it.
  private static func old(_ request: RawRequest) -> [UInt8] {
    Array(request.head.replacing("HTTP/1.1", with: "HTTP/1.0").utf8) + request.body
  }

  @Test func `to HTTP/1.0 an answer has no chunks, and ends with the connection`() async throws {
    try await Self.run { relay, member in
      for _ in 0..<3 {
        #expect(try await relay.ask(member.append(size: 65_536)).status == 201)
      }
      let whole = try await relay.ask(member.read())
      #expect(whole["transfer-encoding"] == "chunked")
      let answer = try await RawConnection.open(relay.port) { connection in
        try await connection.send(Self.old(member.read()))
        return await connection.readToEnd()
      }
      let text = String(decoding: answer, as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.0 200 OK\r\n"))
      #expect(!text.lowercased().contains("transfer-encoding"))
      #expect(answer.suffix(whole.body.count).elementsEqual(whole.body))
    }
  }

  @Test func `to HTTP/1.0 nothing is said before the answer`() async throws {
    try await Self.run { relay, member in
      let request = member.append().with("Expect", "100-continue")
      let answer = try await Self.all(relay, Self.old(request))
      #expect(answer.hasPrefix("HTTP/1.0 201 Created\r\n"))
    }
  }

  @Test(arguments: ["close", "Close", "TE, close", "close,TE"])
  func `a connection ends when its client says so, in any spelling`(_ value: String) async throws {
    try await Self.run { relay, member in
      let answer = try await Self.all(relay, member.read().with("Connection", value).bytes)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
    }
  }

  @Test func `what comes behind the last request is not looked at`() async throws {
    try await Self.run { relay, member in
      let last = member.append().with("Connection", "close")
      let answers = try await Self.all(relay, last.bytes + member.append().bytes)
      #expect(answers.ranges(of: "HTTP/1.1 ").count == 1)
      let kept = try await relay.ask(member.read()).body.frames
      #expect(kept.count == 2)
    }
  }

  /// A body that is not read would be taken for a request, so the connection ends with the refusal.
  @Test func `what comes behind an answer that was the last is not looked at`() async throws {
    try await Self.run { relay, member in
      var odd = member.append()
      odd.body = [UInt8](repeating: 7, count: 1_000)
      let answers = try await Self.all(relay, odd.bytes + member.append().bytes)
      #expect(answers.hasPrefix("HTTP/1.1 413 "))
      #expect(answers.ranges(of: "HTTP/1.1 ").count == 1)
      let kept = try await relay.ask(member.read()).body.frames
      #expect(kept.count == 1)
    }
  }

  @Test(arguments: [
    "GET /v1/relay HTTP/1.1\r\n\r\n",
    "GET /v1/relay HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /v1/relay HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET /v1/relay HTTP/1.1\r\nHost: user@a\r\n\r\n",
    "FOO /v1/relay HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /v1/relay HTTP/1.1\r\nHost: a\r\nA B: c\r\n\r\n",
    "POST /v1/envelope HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
  ])
  func `what is not HTTP is refused like anything else that is malformed`(_ request: String)
    async throws
  {
    try await Self.run { relay, _ in
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(request)
        let answer = try await connection.response()
        #expect(answer.status == 400 && answer.problem == "malformed")
        #expect(answer["content-type"] == "application/problem+json")
        #expect(answer["alcove-incarnation"] != nil && answer["cache-control"] == "no-store")
        #expect(await connection.readToEnd().isEmpty)
      }
    }
  }

  @Test func `a client that asks is told to send a body that is wanted, and no other`() async throws
  {
    try await Self.run { relay, member in
      let good = member.append().with("Expect", "100-continue")
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(good.head)
        #expect(try await connection.head().status == 100)
        try await connection.send(good.body)
        #expect(try await connection.response().status == 201)
        // The connection goes on.
        #expect(try await connection.ask(member.read()).status == 200)
      }
      var odd = good
      odd.body = [UInt8](repeating: 7, count: 1_000)
      try await RawConnection.open(relay.port) { connection in
        try await connection.send(odd.head)
        #expect(try await connection.response().problem == "size-class")
      }
    }
  }

  @Test(arguments: ["9223372036854775807", "9223372036854775808", "18446744073709551615"])
  func `a length that no number holds is too long`(_ length: String) async throws {
    try await Self.run { relay, member in
      var request = member.append().with("Content-Length", length)
      (request.body, request.hasLength) = ([], false)
      let answer = try await relay.ask(request)
      #expect(answer.status == 413 && answer.problem == "size-class")
    }
  }
}
