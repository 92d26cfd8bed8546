// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import RelayLog
import RelayProtocol
import Testing

@testable import Relay

/// Clients that speak HTTP/2 as nobody should: the process lives, its memory is bounded, and an honest
/// client is answered.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HTTP2AbuseTests {
  /// A relay with TLS in a process of its own.
  private static func run(
    _ options: [String] = [], growing bound: Int = 64 << 20,
    _ body: (RelayProcess) async throws -> Void
  ) async throws {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    let relay = try RelayProcess(
      serving: home, log: folder.appending(path: "log"),
      options: ["--port", "0", "--tls", "on"] + options)
    #expect(try await honest(relay))
    relay.forgetPeak()
    let before = relay.peakMemory
    #expect(before > 1 << 20)
    try await body(relay)
    #expect(try await honest(relay))
    #expect(relay.peakMemory - before < bound, "\(relay.peakMemory - before)")
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    #expect(!relay.logged.contains("internal-error"))
  }

  private static func open<Answer>(
    _ relay: RelayProcess, _ body: (inout RawConnection) async throws -> Answer
  ) async throws -> Answer {
    try await RawConnection.open(relay.port, tls: RawHTTP2.tls(), body)
  }

  /// Whether a relay answers somebody who asks for what it is.
  private static func honest(_ relay: RelayProcess) async throws -> Bool {
    try await open(relay) { connection in
      try await connection.send(
        RawHTTP2.beginning + RawHTTP2.request(1, RawHTTP2.get("/v1/relay")))
      return try await connection.status(1) == 200
    }
  }

  @Test func `streams that are reset as soon as they begin`() async throws {
    try await Self.run { relay in
      for _ in 0..<5 {
        try await Self.open(relay) { connection in
          try await connection.send(RawHTTP2.beginning)
          for start in stride(from: UInt32(1), to: 20_001, by: 200) {
            var bytes: [UInt8] = []
            for stream in stride(from: start, to: start + 200, by: 2) {
              bytes += RawHTTP2.request(stream, RawHTTP2.get("/v1/envelope?wait=60"))
              bytes += RawHTTP2.reset(stream)
            }
            try await connection.send(bytes)
          }
          // The relay does not go along with that.
          _ = await connection.readToEnd()
        }
        #expect(try await Self.honest(relay))
      }
    }
  }

  @Test func `line ends and zero bytes in fields`() async throws {
    try await Self.run { relay in
      let good = RawHTTP2.get("/v1/relay")
      func with(_ name: String, _ value: String) -> [(String, String)] {
        good.filter { $0.0 != name } + [(name, value)]
      }
      for fields in [
        with(":path", "/v1/relay\r\nX: y"), with(":path", "/v1/relay\n"),
        with(":path", "/v1/relay\u{0}"), with(":path", "/v1/relay HTTP/1.1\r\n\r\nGET /v1/relay"),
        with(":path", ""), with(":method", "GET\r\n"), with(":method", "GET /v1/relay"),
        with("x-field", "a\r\nb: c"), with("x-field", "a\u{0}"), with("x\r\nfield", "a"),
        with("X-Upper", "a"), with("", "a"), with("connection", "close"),
        with("transfer-encoding", "chunked"), with("te", "gzip"), good.filter { $0.0 != ":path" },
        good.filter { $0.0 != ":method" }, good + [(":path", "/v1/relay")],
        with(":status", "200"), with("content-length", "-1"), with("content-length", "5"),
      ] {
        try await Self.open(relay) { connection in
          try await connection.send(RawHTTP2.beginning + RawHTTP2.request(1, fields))
          // The end of the connection is as good as the end of the stream.
          let status = try? await connection.status(1)
          #expect(status != 200, "\(fields)")
        }
      }
    }
  }

  @Test func `more fields than anybody needs`() async throws {
    try await Self.run { relay in
      let get = RawHTTP2.block(RawHTTP2.get("/v1/relay"))
      let many = get + RawHTTP2.block((0..<100_000).map { ("x\($0)", "a") })
      func pieces(_ block: [UInt8]) -> [UInt8] {
        var bytes = RawHTTP2.frame(1, RawHTTP2.endStream, 1, get)
        for start in stride(from: 0, to: block.count, by: 16_000) {
          let end = min(start + 16_000, block.count)
          bytes += RawHTTP2.frame(
            9, end == block.count ? RawHTTP2.endHeaders : 0, 1, Array(block[start..<end]))
        }
        return bytes
      }
      // One field of 4,000 bytes in the dynamic table (RFC 7541 §6.2.1), meant 16,000 times.
      let bomb =
        get + [0x40] + RawHTTP2.text("x") + RawHTTP2.text(String(repeating: "a", count: 4_000))
        + [UInt8](repeating: 0xBE, count: 12_000)
      let floods: [[UInt8]] = [
        pieces(many), RawHTTP2.frame(1, 5, 1, Array(many.prefix(16_000))), pieces(bomb),
        RawHTTP2.frame(1, 5, 1, bomb),
        // Nothing in them, and never an end.
        RawHTTP2.frame(1, RawHTTP2.endStream, 1, get)
          + (0..<100_000).flatMap { _ in RawHTTP2.frame(9, 0, 1, []) },
        // A table that grows and shrinks.
        RawHTTP2.frame(1, 5, 1, (0..<8_000).flatMap { _ in [0x3F, 0xE1, 0x1F, 0x20] } + get),
        (0..<100_000).flatMap { _ in RawHTTP2.frame(4, 0, 0, []) },
        (0..<100_000).flatMap { _ in RawHTTP2.frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]) },
        (0..<100_000).flatMap { _ in RawHTTP2.frame(2, 0, 3, [0, 0, 0, 0, 16]) },
      ]
      for flood in floods {
        try await Self.open(relay) { connection in
          try await connection.send(RawHTTP2.beginning + flood)
          // Refused, or the connection is ended.
          let status = try? await connection.status(1)
          #expect(status.map { (400..<500).contains($0) } ?? true, "\(status ?? 0)")
        }
        #expect(try await Self.honest(relay))
      }
    }
  }

  @Test func `readers who never open their window`() async throws {
    // 64 MiB are set aside for answers that nobody takes.
    try await Self.run(["--write-seconds", "1"], growing: 160 << 20) { relay in
      let member = try TestMember(seed: 1)
      func fields(_ request: RawRequest) -> [(String, String)] {
        [
          (":method", request.method), (":scheme", "https"), (":authority", "relay"),
          (":path", request.path),
        ] + request.fields.map { ($0.name.lowercased(), $0.value) }
      }
      func send(_ request: RawRequest) async throws {
        let status: Int? = try await Self.open(relay) { connection in
          var bytes = RawHTTP2.frame(
            1, RawHTTP2.endHeaders, 1,
            RawHTTP2.block(
              fields(request) + [("content-length", "\(request.body.count)")]))
          if request.body.isEmpty { bytes[4] |= RawHTTP2.endStream }
          try await connection.send(RawHTTP2.begin([]) + bytes)
          // Less than a stream takes at once.
          if !request.body.isEmpty {
            try await connection.send(RawHTTP2.frame(0, RawHTTP2.endStream, 1, request.body))
          }
          return try await connection.status(1)
        }
        #expect(status == 201)
      }
      try await send(member.create())
      for _ in 0..<50 { try await send(member.append(size: 16_384)) }
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<20 {
          tasks.addTask {
            try await RawConnection.open(relay.port, tls: RawHTTP2.tls()) { connection in
              try await connection.send(RawHTTP2.begin([(4, 0)]))
              var bytes: [UInt8] = []
              for stream in stride(from: UInt32(1), to: 101, by: 2) {
                bytes += RawHTTP2.request(stream, fields(member.read()))
              }
              try await connection.send(bytes)
              // Each is answered with its fields or refused, and in the end reset, if not the whole
              // connection.
              var ended = 0
              while ended < 50, let frame = try? await connection.frame() {
                if frame.type == 3 || frame.type == 1 && frame.flags & 1 == 1 { ended += 1 }
                if frame.type == 0 { #expect(frame.payload.isEmpty) }
                if frame.type == 7 { break }
              }
            }
          }
        }
        for _ in 0..<10 { #expect(try await Self.honest(relay)) }
        try await tasks.waitForAll()
      }
    }
  }

  @Test func `one connection carries so many requests, and says so`() async throws {
    try await TLSTests.run { relay, _ in
      let member = try TestMember(seed: 1)
      _ = try await relay.store.create(
        NewChannel(
          id: member.channel, kind: .relationship, token: member.token.hash,
          turn: member.turn.hash), postage: nil)
      let wait =
        RawHTTP2.get("/v1/envelope?wait=60")
        + member.read().fields.map { ($0.name.lowercased(), $0.value) }
      try await RawConnection.open(relay.port, tls: RawHTTP2.tls()) { connection in
        var bytes = RawHTTP2.beginning
        for stream in stride(from: UInt32(1), to: 81, by: 2) {
          bytes += RawHTTP2.request(stream, wait)
        }
        try await connection.send(bytes)
        var (most, refused): ([UInt8]?, Int) = (nil, 0)
        while refused < 8 {
          let frame = try await connection.frame()
          // RFC 9113 §6.5.2: SETTINGS_MAX_CONCURRENT_STREAMS is 3; the last one said counts.
          if frame.type == 4, frame.payload.starts(with: [0, 3]) {
            most = Array(frame.payload.prefix(6).suffix(4))
          }
          if frame.status != nil { refused += 1 }
        }
        #expect(most == [0, 0, 0, 16])
        let counted = relay.metrics.limited.all.first { $0.value == "connection-requests" }
        #expect(counted?.count == 8)
      }
    }
  }

  @Test func `a connection that rests is closed, though it never acknowledges anything`()
    async throws
  {
    var limits = RelayLimits()
    limits.idleSeconds = 1
    limits.writeSeconds = 1
    try await TLSTests.run(limits) { relay, _ in
      for requests in [[], RawHTTP2.request(1, RawHTTP2.get("/v1/relay"))] {
        try await RawConnection.open(relay.port, tls: RawHTTP2.tls()) { connection in
          try await connection.send(RawHTTP2.beginning + requests)
          if !requests.isEmpty { #expect(try await connection.status(1) == 200) }
          _ = await connection.readToEnd()
        }
      }
    }
  }

  @Test func `a connection that begins something and does not go on`() async throws {
    var limits = RelayLimits()
    limits.headerMilliseconds = 300
    // Nothing else would end it.
    limits.idleSeconds = 3_600
    limits.writeSeconds = 3_600
    try await TLSTests.run(limits) { relay, _ in
      let block = RawHTTP2.block(RawHTTP2.get("/v1/relay"))
      for bytes in [
        [], Array(RawHTTP2.beginning.prefix(10)), Array(RawHTTP2.beginning.prefix(24)),
        Array(RawHTTP2.beginning.dropLast()),
        // A field block without its end, half of a frame with one, and half of a control frame.
        RawHTTP2.beginning + RawHTTP2.frame(1, RawHTTP2.endStream, 1, block),
        RawHTTP2.beginning + RawHTTP2.request(1, RawHTTP2.get("/v1/relay")).dropLast(5),
        RawHTTP2.beginning + RawHTTP2.frame(8, 0, 0, [0, 0, 0, 1]).dropLast(),
        // The same behind an answer.
        RawHTTP2.beginning + RawHTTP2.request(1, RawHTTP2.get("/v1/relay"))
          + RawHTTP2.frame(1, RawHTTP2.endStream, 3, block),
      ] {
        try await RawConnection.open(relay.port, tls: RawHTTP2.tls()) { connection in
          if !bytes.isEmpty { try await connection.send(bytes) }
          _ = await connection.readToEnd()
        }
      }
      // A request byte by byte is no request, and neither is one behind another.
      for version in ["h2", "http/1.1"] {
        try await RawConnection.open(relay.port, tls: RawHTTP2.tls([version])) { connection in
          var bytes = Array("GET /v1/relay HTTP/1.1\r\nHost: a\r\n\r\nGET /v1".utf8)
          if version == "h2" {
            bytes = RawHTTP2.beginning + RawHTTP2.request(1, RawHTTP2.get("/v1/relay"))
          }
          try await connection.send(bytes)
          for byte in RawHTTP2.frame(1, RawHTTP2.endStream, 3, block) {
            try await connection.send([version == "h2" ? byte : 0x61])
            try await Task.sleep(for: .milliseconds(20))
          }
          _ = await connection.readToEnd()
        }
      }
      // Each was ended for what it did not finish, not for something else.
      #expect(relay.metrics.limited.all.filter { $0.count > 0 }.map(\.value) == ["header-time"])
      #expect(relay.metrics.limited.all.map(\.count).max() == 10)
    }
  }

  @Test func `where a connection stands does not depend on how its bytes are cut`() {
    let bytes =
      RawHTTP2.beginning + RawHTTP2.request(1, RawHTTP2.get("/v1/relay"))
      + RawHTTP2.frame(1, 0, 3, [1, 2]) + RawHTTP2.frame(9, 4, 3, [])
      + RawHTTP2.frame(0, 1, 3, [UInt8](repeating: 9, count: 300)) + RawHTTP2.frame(4, 0, 0, [])
    func settled(_ size: Int) -> [Int] {
      var frames = HTTP2Frames()
      var ends: [Int] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        let end = min(start + size, bytes.count)
        frames.pass(ByteBuffer(bytes: bytes[start..<end]).readableBytesView)
        if frames.isSettled { ends.append(end) }
      }
      return ends
    }
    let places = Set(settled(1))
    // The ends of SETTINGS, of the request and of the block, and of DATA all but its head.
    #expect(places.contains(33) && !places.contains(32) && places.contains(bytes.count))
    #expect(places.count == 1 + 1 + 1 + 301 + 1)
    for size in 2...40 { #expect(settled(size) == settled(size).filter(places.contains)) }
  }
}
