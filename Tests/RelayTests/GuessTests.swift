// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayLog
import RelayProtocol
import Testing

@testable import Relay

/// How many tokens that open nothing are looked at.
@Suite struct GuessTests {
  @Test(arguments: RelayRoute.allCases.filter(\.takesToken))
  func `wrong tokens are looked at so often, on every route that takes one`(_ route: RelayRoute)
    async throws
  {
    // One of them comes back in half a minute, which is more than all of this takes.
    try await LiveRelay.run(LimitTests.limits { $0.refusedTokensPerMinute = 2 }) { relay in
      let honest = try TestMember(seed: 1)
      #expect(try await relay.ask(honest.create()).status == 201)
      let wrong = try Self.request(route, TestMember(seed: 2))
      for _ in 0..<2 {
        guard route == .follow else {
          #expect(try await relay.ask(wrong).status == 404)
          continue
        }
        try await RawConnection.open(relay.port) { connection in
          try await connection.send(wrong.bytes)
          #expect(try await connection.head().status == 200)
          while try await connection.chunk() != nil {}
        }
      }
      for request in [wrong, honest.append()] {
        let answer = try await relay.ask(request)
        #expect(answer.status == 429)
        #expect(answer.problem == "limited" || request.method == "HEAD")
        #expect(answer["retry-after"] != nil)
      }
      // What shows no token goes on.
      let described = try await relay.ask(Self.request(.describe, honest))
      #expect(described.status == 200)
      #expect(LimitTests.count("refused-tokens", relay) == 2)
    }
  }

  /// A request to each route, as `member` would make it.
  private static func request(_ route: RelayRoute, _ member: TestMember) -> RawRequest {
    let blob = BlobID(random: member.random)
    switch route {
    case .describe: return RawRequest(method: "GET", path: "/v1/relay", fields: [])
    case .create: return member.create()
    case .close: return member.close()
    case .extend: return member.extend()
    case .append: return member.append()
    case .read: return member.read()
    case .follow: return TestMember.follow([member.subscription()])
    case .makeBlob: return member.makeBlob(blob)
    case .putPart:
      // What is refused for its token is refused before the part comes.
      var part = member.part(blob, "0", [])
      part.hasLength = false
      return part.with("Content-Length", String(PartIndex.partLength))
    case .sealBlob: return member.seal(blob, [[1]])
    case .blobState: return member.stateOfBlob(blob)
    case .readBlob: return member.readBlob(blob)
    case .deleteBlob: return member.deleteBlob(blob)
    }
  }

  @Test func `each wrong token of a follow is a guess`() async throws {
    try await LiveRelay.run(LimitTests.limits { _ in }) { relay in
      let honest = try TestMember(seed: 1)
      #expect(try await relay.ask(honest.create()).status == 201)
      let wrong = try (0..<100).map { try TestMember(seed: 100 + $0).subscription() }
      try await RawConnection.open(relay.port) { known in
        var pushed = FrameStream()
        try await known.send(TestMember.follow([honest.subscription()]).bytes)
        #expect(try await known.head().status == 200)
        #expect(try await pushed.next(&known)?.isCaughtUp == true)
        // Of the sixty that an address has, twenty are used up before: the follow's own bound is not reached.
        for seed in 300..<320 {
          let stranger = try TestMember(seed: UInt64(seed))
          #expect(try await relay.ask(stranger.read()).status == 404)
        }
        let codes = try await RawConnection.open(relay.port) { connection in
          var stream = FrameStream()
          var codes: [RefusalCode: Int] = [:]
          try await connection.send(TestMember.follow(wrong + [honest.subscription()]).bytes)
          #expect(try await connection.head().status == 200)
          while let frame = try await stream.next(&connection) {
            if case .refused(let code) = frame.body { codes[code, default: 0] += 1 }
          }
          return codes
        }
        // One comes back each second, and an honest token from there waits like all the rest.
        #expect((40...55).contains(codes[.noSuchChannel] ?? 0))
        #expect(codes.values.reduce(0, +) == 101)
        #expect(LimitTests.count("refused-tokens", relay) == codes[.limited])
        // What has opened its channel goes on.
        _ = try await relay.store.append(
          AppendJob(
            channel: honest.channel, token: honest.token.hash,
            id: EnvelopeID(random: honest.random), turn: nil, named: .none, at: nil,
            envelope: honest.random.bytes(1_024)))
        #expect(try await pushed.next(&known)?.position == 1)
      }
    }
  }

  @Test func `a follow makes so many wrong guesses, also where addresses do not count`()
    async throws
  {
    var limits = RelayLimits()
    limits.refusedTokensPerMinute = 5
    try await LiveRelay.run(limits) { relay in
      let honest = try TestMember(seed: 1)
      #expect(try await relay.ask(honest.create()).status == 201)
      let wrong = try (0..<20).map { try TestMember(seed: 100 + $0).subscription() }
      for _ in 0..<2 {
        let refused = try await RawConnection.open(relay.port) { connection in
          var stream = FrameStream()
          var refused: [RefusalCode?] = []
          try await connection.send(
            TestMember.follow([honest.subscription()] + wrong).bytes)
          #expect(try await connection.head().status == 200)
          while refused.count <= wrong.count, let frame = try await stream.next(&connection) {
            if case .refused(let code) = frame.body { refused.append(code) }
            if frame.isCaughtUp { refused.append(nil) }
          }
          return refused
        }
        // What opens its channel counts for nothing.
        #expect(
          refused == [nil] + Array(repeating: .noSuchChannel, count: 5)
            + Array(repeating: .limited, count: 15))
      }
      #expect(LimitTests.count("refused-tokens", relay) == 30)
    }
  }
}
