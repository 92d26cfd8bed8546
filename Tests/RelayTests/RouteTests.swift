// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Relay
import RelayProtocol
import Testing
import WireFormat

@Suite struct RouteTests {
  @Test func `the relay describes itself`() async throws {
    try await LiveRelay.run { relay in
      let answer = try await relay.ask(RawRequest(method: "GET", path: "/v1/relay", fields: []))
      #expect(answer.status == 200)
      let description = try JSONDecoder().decode(RelayDescription.self, from: Data(answer.body))
      #expect(description.versions == [1])
      #expect(description.sizeClasses == [1, 4, 16, 64, 256, 1_024])
      #expect(description.identity == Base64URL.encode(LiveRelay.identity.publicKey))
      #expect(description.incarnation == answer["alcove-incarnation"])
      #expect(Base64URL.decode(description.incarnation)?.count == 16)
    }
  }

  @Test func `a channel is made once, appended to, read, turned and closed`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      try await RawConnection.open(relay.port) { connection in
        #expect(try await connection.ask(member.create()).status == 201)
        #expect(try await connection.ask(member.create()).status == 200)
        let other = try await connection.ask(member.create("intake"))
        #expect(other.status == 409 && other.problem == "channel-exists")

        let append = member.append()
        let first = try await connection.ask(append)
        #expect(first.status == 201)
        #expect(first["alcove-seq"] == "1")
        #expect(first["alcove-replay"] == nil)
        let again = try await connection.ask(append)
        #expect(again.status == 200)
        #expect(again["alcove-replay"] == "1")
        #expect(again["alcove-chain"] == first["alcove-chain"])

        var conflict = append
        conflict.body[0] ^= 1
        let refused = try await connection.ask(conflict)
        #expect(refused.status == 409 && refused.problem == "id-conflict")

        let (turn, next) = member.turning()
        #expect(try await connection.ask(turn).status == 201)
        let retired = try await connection.ask(member.append())
        #expect(retired.status == 409 && retired.problem == "token-retired")
        #expect(retired["alcove-seq"] == "2")
        #expect(try await connection.ask(append).status == 200)

        let elsewhere = try await connection.ask(
          next.append().with("Alcove-At", "9." + TestMember.text([UInt8](repeating: 1, count: 32)))
        )
        #expect(elsewhere.status == 409 && elsewhere.problem == "not-at")
        #expect(elsewhere["alcove-head"] == "2")
        let chain = try #require(elsewhere["alcove-chain"])
        let there = try await connection.ask(next.append().with("Alcove-At", "3." + chain))
        #expect(there.status == 201)

        let read = try await connection.ask(next.read())
        #expect(read.status == 200)
        #expect(read["content-type"] == "application/vnd.alcove.frames; v=1")
        let frames = try read.body.frames
        #expect(frames.count == 4)
        guard case .envelope(let entry) = frames[0].body else { throw RawError.noAnswer }
        #expect(entry.envelope == append.body)
        guard case .caughtUp(let at) = frames[3].body else { throw RawError.noAnswer }
        #expect(at.position == Position(3))
        let beyond = try await connection.ask(next.read("?after=4"))
        #expect(beyond.status == 416 && beyond.problem == "beyond-head")
        let old = try await connection.ask(member.read("?after=1")).body.frames
        #expect(old.last?.body == .turned(last: Position(2)))
        #expect(old.count == 2)

        let late = try await connection.ask(member.close())
        #expect(late.status == 409 && late.problem == "token-retired")
        #expect(try await connection.ask(next.close()).status == 204)
        #expect(try await connection.ask(next.close()).status == 204)
        #expect(try await connection.ask(next.read()).problem == "no-such-channel")
      }
    }
  }

  @Test func `a channel that is not there and a token that is wrong get the very same answer`()
    async throws
  {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      var wrong = try TestMember(seed: 2)
      let absent = wrong
      wrong = TestMember(wrong, in: member.channel)
      for (a, b) in [
        (absent.append(), wrong.append()), (absent.read(), wrong.read()),
        (absent.close(), wrong.close()), (absent.turning().request, wrong.turning().request),
      ] {
        let first = try await relay.ask(a)
        let second = try await relay.ask(b)
        #expect(first.status == 404 && first.problem == "no-such-channel")
        #expect(first.status == second.status)
        #expect(first.body == second.body)
        // The date is the only difference, since time goes on.
        #expect(
          first.fields.filter { $0.key != "date" } == second.fields.filter { $0.key != "date" })
      }
    }
  }

  @Test func `malformed fields are refused, and nothing of them comes back`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let append = member.append()
      let good = TestMember.text([UInt8](repeating: 0x41, count: 32))
      let bad: [String?] = [
        nil, "", "CANARY", good + "=", good + "A", String(good.dropLast()), "*" + good.dropFirst(),
        " ", String(good.dropLast()) + "B", String(repeating: "A", count: 4_000),
      ]
      for value in bad {
        for name in ["Alcove-Channel", "Alcove-Envelope"] {
          let answer = try await relay.ask(append.with(name, value))
          #expect(answer.status == 400 && answer.problem == "malformed")
          #expect(!answer.text.contains("CANARY"))
        }
        let token = try await relay.ask(append.with("Authorization", value.map { "Bearer " + $0 }))
        #expect(token.status == 400 && token.problem == "malformed")
      }
      for value in ["Basic abc", "Bearer", "bearer\(good)"] {
        #expect(try await relay.ask(append.with("Authorization", value)).status == 400)
      }
      for value in [
        "", good, "\(good).\(good)", "\(good).\(good).\(good).\(good)", "..", "\(good)..\(good)",
      ] {
        #expect(try await relay.ask(append.with("Alcove-Turn", value)).status == 400)
      }
      for value in [
        "", "1", "1.", ".\(good)", "-1.\(good)", "+1.\(good)", "01.\(good)", "1.2.\(good)",
        "18446744073709551616.\(good)", "0x1.\(good)", "1.\(good.dropLast())",
      ] {
        #expect(try await relay.ask(append.with("Alcove-At", value)).status == 400)
      }
      // Twice the same field: which one would count?
      var twice = append
      twice.fields.append(("Alcove-Envelope", TestMember.text(member.random.bytes(16))))
      #expect(try await relay.ask(twice).status == 400)
      for query in [
        "?after=-1", "?after=x", "?after=01", "?after=", "?wait=1.5", "?max=abc", "?other=1",
        "?after=1&after=2", "?after=99999999999999999999",
      ] {
        let answer = try await relay.ask(member.read(query))
        #expect(answer.status == 400 && answer.problem == "malformed")
      }
      for kind in ["", "Intake", "other"] {
        #expect(try await relay.ask(member.create(kind)).status == 400)
      }
      let log = try await relay.ask(member.read())
      #expect(try log.body.frames.count == 1)
    }
  }

  @Test func `a body has a length, and the length is a size class`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      for size in [0, 1, 1_023, 1_025, 2_048, 16_385] {
        let answer = try await relay.ask(member.append(size: size))
        #expect(answer.status == 413 && answer.problem == "size-class")
      }
      var unsized = member.append()
      unsized.hasLength = false
      unsized.body = []
      let missing = try await relay.ask(unsized)
      #expect(missing.status == 411 && missing.problem == "length-required")
      let chunked = try await relay.ask(unsized.with("Transfer-Encoding", "chunked"))
      #expect(chunked.status == 411 && chunked.problem == "length-required")
      // Of a turn too, which its makers make large.
      let (turn, next) = member.turning()
      var small = turn
      small.body = Array(turn.body.prefix(1_024))
      #expect(try await relay.ask(small).status == 201)
      // A scheme has no case.
      let request = next.append()
      let token = try #require(request.fields.first { $0.name == "Authorization" }).value
      let lower = "bearer " + token.dropFirst(7)
      #expect(try await relay.ask(request.with("Authorization", lower)).status == 201)
      #expect(
        try await relay.ask(request.with("Authorization", "Basic " + token.dropFirst(7))).status
          == 400)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `a body that is announced too large is refused without being read`() async throws {
    var limits = RelayLimits()
    // It is not for silence that the connection ends.
    limits.idleSeconds = 3_600
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      for length in ["1048577", "1000000000000", "99999999999999999999", "-1", "1e3"] {
        var request = member.append()
        request.hasLength = false
        request.body = []
        try await RawConnection.open(relay.port) { connection in
          let answer = try await connection.ask(request.with("Content-Length", length))
          #expect([400, 411, 413].contains(answer.status))
          #expect(answer["connection"] == "close")
          // The connection does not go on: the body would be taken for a request, or read for ever.
          _ = await connection.readToEnd()
        }
      }
    }
  }

  @Test func `what is no route is no route`() async throws {
    try await LiveRelay.run { relay in
      for (method, path) in [
        ("GET", "/"), ("GET", "/v1"), ("GET", "/v1/relay/"), ("GET", "//v1/relay"),
        ("GET", "/v1/%72elay"), ("PUT", "/v1/blobs"), ("OPTIONS", "/V1/relay"),
      ] {
        let answer = try await relay.ask(RawRequest(method: method, path: path, fields: []))
        #expect(answer.status == 404 && answer.problem == "no-such-route")
        #expect(answer["allow"] == nil)
      }
    }
  }

  /// RFC 9110 section 15.5.6.
  @Test func `a method that a path does not have is told which it has`() async throws {
    try await LiveRelay.run { relay in
      for (method, path, allowed) in [
        ("PUT", "/v1/envelope", "POST, GET"), ("GET", "/v1/channel", "POST, DELETE"),
        ("OPTIONS", "/v1/relay?a=b", "GET"), ("PUT", "/v1/blob", "POST, HEAD, GET, DELETE"),
        ("GET", "/v1/blob/part", "PUT"), ("TRACE", "/v1/blob/seal", "POST"),
      ] {
        let answer = try await relay.ask(RawRequest(method: method, path: path, fields: []))
        #expect(answer.status == 405 && answer.problem == "method-not-allowed")
        #expect(answer["allow"] == allowed)
      }
    }
  }

  @Test func `an append in an envelope of each size comes back as it was`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      var bodies: [[UInt8]] = []
      for size in SizeClass.allCases {
        let request = member.append(size: size.byteCount)
        bodies.append(request.body)
        #expect(try await relay.ask(request).status == 201)
      }
      let frames = try await relay.ask(member.read()).body.frames
      let found = frames.compactMap {
        if case .envelope(let entry) = $0.body { entry.envelope } else { nil }
      }
      #expect(found == bodies)
      // In pages, each with at least one envelope.
      var after = 0
      var pages = 0
      while after < bodies.count {
        let page = try await relay.ask(member.read("?after=\(after)&max=1")).body.frames
        #expect(page.count == 2)
        after += 1
        pages += 1
      }
      #expect(pages == 6)
    }
  }
}

extension TestMember {
  /// The secrets of one member for the channel of another.
  init(_ other: TestMember, in channel: ChannelID) {
    self.channel = channel
    token = other.token
    turn = other.turn
    random = other.random
  }
}
