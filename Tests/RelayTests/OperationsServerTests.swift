// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOPosix
import RelayLog
import RelayProtocol
import Testing

@testable import Relay

/// The operations listener in this process, where it can be seen from inside.
@Suite struct OperationsServerTests {
  private static let now = Int64(Date().timeIntervalSince1970)

  /// Serves beside `relay` while `body` runs, with the port that is listened on.
  private static func run(
    beside relay: LiveRelay,
    sample: @escaping @Sendable () -> RelayMetrics.Sample = { RelayMetrics.Sample() },
    freeBytes: @escaping @Sendable () -> Int64? = { nil },
    _ body: (Int) async throws -> Void
  ) async throws {
    let checks = ReadinessChecks(
      relay.server, store: relay.store, clock: { now }, freeBytes: freeBytes)
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    let operations = OperationsServer(
      place: .network(host: "127.0.0.1", port: 0), checks: checks,
      metrics: RelayMetrics(sample: sample), onReady: { ready.yield($0) })
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await operations.run() }
      var iterator = ports.makeAsyncIterator()
      guard let port = await iterator.next() else { throw RawError.noAnswer }
      try await body(port)
      tasks.cancelAll()
    }
  }

  private static func get(_ path: String) -> RawRequest {
    RawRequest(method: "GET", path: path, fields: [])
  }

  @Test func `HEAD is answered like GET without the body, and other methods are told so`()
    async throws
  {
    try await LiveRelay.run { relay in
      try await Self.run(beside: relay) { port in
        try await RawConnection.open(port) { connection in
          for path in ["/livez", "/readyz", "/metrics", "/other"] {
            var request = Self.get(path)
            request.method = "HEAD"
            let head = try await connection.ask(request)
            // What is read next begins an answer.
            let whole = try await connection.ask(Self.get(path))
            #expect(head.status == whole.status && head.status != 405)
            #expect(head["content-length"] == String(whole.body.count))
          }
          var request = Self.get("/livez")
          request.method = "DELETE"
          let refused = try await connection.ask(request)
          #expect(refused.status == 405 && refused["allow"] == "GET, HEAD")
        }
      }
    }
  }

  @Test func `what may wait for the disk is asked on no thread that carries connections`()
    async throws
  {
    let (asked, onLoop) = (Level(), Level())
    @Sendable func ask() {
      asked.add(1)
      if MultiThreadedEventLoopGroup.currentEventLoop != nil { onLoop.add(1) }
    }
    let surroundings = Surroundings(
      clock: { 1_700_000_000 },
      freeBytes: {
        ask()
        return 1 << 40
      })
    try await LiveRelay.run(surroundings: surroundings) { relay in
      let (member, blob) = try await relay.memberWithBlob()
      #expect(try await relay.ask(member.stateOfBlob(blob)).status == 200)
      try await Self.run(
        beside: relay,
        sample: {
          ask()
          return RelayMetrics.Sample()
        },
        freeBytes: {
          ask()
          return nil
        }
      ) { port in
        for path in ["/metrics", "/readyz"] {
          let before = asked.current
          let answer = try await RawConnection.open(port) { try await $0.ask(Self.get(path)) }
          #expect(answer.status == 200 && asked.current > before)
        }
      }
    }
    #expect(onLoop.current == 0)
  }

  @Test func `a relay is ready while its certificate is good, and will be for a day`() async throws
  {
    let authority = try PrivateAuthority(now: Self.now)
    let hour: Int64 = 3_600
    for (begin, end, isReady) in [
      (-hour, 25 * hour, true), (hour, 90 * 24 * hour, false), (-hour, 23 * hour, false),
    ] {
      let (chain, key) = try authority.issue(
        ["127.0.0.1"], from: Self.now + begin, until: Self.now + end)
      let certificate = try ServerCertificate(chain: Array(chain.utf8), key: Array(key.utf8))
      try await LiveRelay.run(certificate: certificate) { relay in
        try await Self.run(beside: relay) { port in
          let ready = try await RawConnection.open(port) {
            try await $0.ask(Self.get("/readyz"))
          }
          #expect(ready.text.contains("certificate \(isReady ? "ok" : "failed")\n"))
          #expect(ready.status == (isReady ? 200 : 503))
        }
      }
    }
  }
}
