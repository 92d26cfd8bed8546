// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayClient
import RelayProtocol
import Testing
import WireFormat

/// What a client makes of a relay, or of something in its place, that does not do its part.
@Suite struct MisbehavingRelayTests {
  private func appendError(
    _ scripts: [ScriptedServer.Step]...
  ) async throws -> (RelayError?, requests: Int) {
    let server = try ScriptedServer(scripts.first ?? [.close])
    do {
      _ = try await ClientFixture.withClient(of: server.address) {
        try await $0.append(ClientFixture.append)
      }
      return (nil, server.requests.count)
    } catch let error as RelayError {
      return (error, server.requests.count)
    }
  }

  @Test(arguments: ["http://relay.example", "http://10.0.0.1:80", "http://[::2]"])
  func `plain HTTP to anywhere but this machine is refused`(text: String) throws {
    let address = try RelayAddress(text)
    #expect(throws: RelayError.insecureAddress) { try RelayClient(address) }
  }

  @Test func `nobody listens, and nothing was sent`() async throws {
    // A port on which nobody listens any more.
    let address = try { try ScriptedServer([.close]).address }()
    try await Task.sleep(for: .milliseconds(50))
    await #expect(throws: RelayError.unreachable) {
      try await ClientFixture.withClient(of: address) { try await $0.append(ClientFixture.append) }
    }
    await #expect(throws: RelayError.unreachable) {
      try await ClientFixture.withClient(of: address) { try await $0.read(ClientFixture.read) }
    }
    await #expect(throws: RelayError.unreachable) {
      try await ClientFixture.withClient(of: address) {
        try await $0.follow(ClientFixture.follow) { _ in true }
      }
    }
  }

  @Test func `an answer in order is taken`() async throws {
    let server = try ScriptedServer([.answer(201, ClientFixture.appendedFields)])
    let appended = try await ClientFixture.withClient(of: server.address) {
      try await $0.append(ClientFixture.append)
    }
    #expect(
      appended
        == Appended(
          at: LogAt(position: Position(7), chain: ClientFixture.chain), isReplay: false,
          incarnation: ClientFixture.incarnation))
  }

  @Test(arguments: [0, 253_402_300_799, -1, 253_402_300_800, .min, .max] as [Int64])
  func `a relay's time is a time, or its answer is none`(time: Int64) async throws {
    let body = """
      {"versions":[1],"incarnation":"AAAAAAAAAAAAAAAAAAAAAA","size_classes":[1],"identity":"AA",\
      "time":\(time)}
      """
    let server = try ScriptedServer([
      .answer(200, ["Content-Type": "application/json"], Array(body.utf8))
    ])
    let isPossible = (0...253_402_300_799).contains(time)
    do {
      let description = try await ClientFixture.withClient(of: server.address) {
        try await $0.describe()
      }
      #expect(isPossible && description.time == time)
    } catch let error as RelayError {
      #expect(!isPossible && error == .malformedAnswer)
    }
  }

  @Test func `ids and tokens stand in header fields and never in the URL`() async throws {
    let server = try ScriptedServer(
      [.answer(201, ClientFixture.appendedFields)], [.answer(204, ClientFixture.incarnationField)])
    try await ClientFixture.withClient(of: server.address) { client in
      _ = try await client.append(
        Append(
          channel: ClientFixture.channel, token: ClientFixture.token, id: ClientFixture.id,
          turn: ClientFixture.turn,
          named: NamedHashes(token: ClientFixture.token, turn: ClientFixture.turn),
          at: LogAt(position: Position(8), chain: ClientFixture.chain),
          envelope: [UInt8](repeating: 0, count: 16_384)))
      _ = try await client.read(ClientFixture.read)
    }
    let requests = server.requests
    #expect(requests.count == 2)
    #expect(requests[0].hasPrefix("POST /v1/envelope HTTP/1.1\r\n"))
    #expect(requests[1].hasPrefix("GET /v1/envelope?after=0&max=4194304&wait=0 HTTP/1.1\r\n"))
    let channel = Base64URL.encode(ClientFixture.channel.bytes)
    let bearer = Base64URL.encode([UInt8](repeating: 0xA5, count: 32))
    for request in requests {
      #expect(request.contains("\(HeaderName.channel): \(channel)"))
      #expect(request.contains("Authorization: Bearer \(bearer)"))
      #expect(!request.split(separator: "\r\n")[0].contains(channel))
    }
    let turn = [
      [UInt8](repeating: 0xB6, count: 32), ClientFixture.token.hash.bytes,
      ClientFixture.turn.hash.bytes,
    ].map(Base64URL.encode).joined(separator: ".")
    #expect(requests[0].contains("\(HeaderName.turn): \(turn)"))
    #expect(
      requests[0].contains("\(HeaderName.at): 8.\(Base64URL.encode(ClientFixture.chain.bytes))"))
    #expect(
      requests[0].contains("\(HeaderName.envelope): \(Base64URL.encode(ClientFixture.id.bytes))"))
  }

  @Test(arguments: RelayProblem.allCases)
  func `a refusal by name is told as it is`(problem: RelayProblem) async throws {
    let fields = [
      HeaderName.sequence: "4", HeaderName.head: "9",
      HeaderName.chain: Base64URL.encode(ClientFixture.chain.bytes),
    ]
    let (error, requests) = try await appendError([.problem(problem, fields)])
    let expected: RelayError =
      switch problem {
      case .tokenRetired: .tokenRetired(last: Position(4))
      case .notAt: .notAt(LogAt(position: Position(9), chain: ClientFixture.chain))
      case .outcomeUnknown: .outcomeUnknown
      default: .refused(problem)
      }
    #expect(error == expected)
    #expect(requests == 1)
  }

  @Test func `an append that comes too fast is made again a little later`() async throws {
    let server = try ScriptedServer(
      [.problem(.limited)], [.answer(201, ClientFixture.appendedFields, [])])
    let appended = try await ClientFixture.withClient(of: server.address) {
      $0.limited = .seconds(20)
      $0.answer = .seconds(20)
    } _: {
      try await $0.append(ClientFixture.append)
    }
    #expect(appended.at.position == Position(7))
    #expect(server.requests.count == 2)
  }

  @Test func `a refusal that is not what it says is none`() async throws {
    // The status of one problem with the name of another: nothing definite may follow from it.
    let forged = ScriptedServer.Step.answer(
      502, ["Content-Type": "application/problem+json"],
      Array(#"{"type":"urn:alcove:error:token-retired"}"#.utf8))
    #expect(try await appendError([forged]).0 == .outcomeUnknown)
    let unknown = ScriptedServer.Step.answer(
      409, ["Content-Type": "application/problem+json"],
      Array(#"{"type":"urn:alcove:error:other"}"#.utf8))
    #expect(try await appendError([unknown]).0 == .malformedAnswer)
    let bare = ScriptedServer.Step.problem(.tokenRetired)
    #expect(try await appendError([bare]).0 == .malformedAnswer)
  }

  @Test(arguments: [500, 502, 503, 504])
  func `an error of a proxy leaves the outcome open`(status: Int) async throws {
    let html = ["Content-Type": "text/html"]
    let (error, _) = try await appendError([.answer(status, html, Array("<html>".utf8))])
    #expect(error == .outcomeUnknown)
  }

  @Test(arguments: [200, 201, 204, 301, 307, 400, 404])
  func `an answer without the fields of a relay is none`(status: Int) async throws {
    let (error, requests) = try await appendError([
      .answer(status, ["Location": "http://127.0.0.1:1/"])
    ])
    #expect(error == .malformedAnswer)
    #expect(requests == 1)
  }

  @Test(arguments: ["", "-1", "+7", "07", "7 ", "18446744073709551616", "x"])
  func `a position has one spelling`(text: String) async throws {
    var fields = ClientFixture.appendedFields
    fields[HeaderName.sequence] = text
    #expect(try await appendError([.answer(201, fields)]).0 == .malformedAnswer)
  }

  @Test func `a connection lost after sending is tried once more and then left open`() async throws
  {
    let (error, requests) = try await appendError([.close])
    #expect(error == .outcomeUnknown)
    #expect(requests == 2)
  }

  @Test func `a connection that had died in the pool costs nothing`() async throws {
    let good = ScriptedServer.Step.answer(201, ClientFixture.appendedFields)
    let server = try ScriptedServer([good], [.close], [good])
    let positions = try await ClientFixture.withClient(of: server.address) { client in
      [
        try await client.append(ClientFixture.append).at.position,
        try await client.append(ClientFixture.append).at.position,
      ]
    }
    #expect(positions == [Position(7), Position(7)])
    #expect(server.requests.count == 3)
  }

  @Test func `silence after sending leaves the outcome open`() async throws {
    #expect(try await appendError([.stall]).0 == .outcomeUnknown)
    let head = ScriptedServer.Step.send("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nabc")
    #expect(try await appendError([head, .stall]).0 == .outcomeUnknown)
  }

  @Test func `an answer that comes byte by byte meets the deadline`() async throws {
    var steps = [ScriptedServer.Step.send("HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n")]
    // A minute and a half, each of them well within the time for silence.
    for _ in 0..<900 { steps += [.wait(milliseconds: 100), .send("a")] }
    let server = try ScriptedServer(steps)
    let start = ContinuousClock.now
    await #expect(throws: RelayError.outcomeUnknown) {
      try await ClientFixture.withClient(of: server.address) {
        try await $0.append(ClientFixture.append)
      }
    }
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test(arguments: [
    "garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\u{0}\u{1}\u{2}",
    "HTTP/1.1 201 Created\r\nContent-Length: -5\r\n\r\n",
  ])
  func `what is no HTTP is no refusal`(text: String) async throws {
    let (error, _) = try await appendError([.send(text), .close])
    #expect([.malformedAnswer, .outcomeUnknown].contains(error))
  }

  @Test func `an answer larger than any is not read to its end`() async throws {
    let (error, _) = try await appendError([
      .answer(
        409, ["Content-Type": "application/problem+json"], .init(repeating: 32, count: 1 << 20))
    ])
    #expect(error == .malformedAnswer)
  }

  // MARK: - Reading

  private func readAnswer(_ steps: ScriptedServer.Step...) async throws -> ReadAnswer {
    let server = try ScriptedServer(steps)
    return try await ClientFixture.withClient(of: server.address) {
      try await $0.read(ClientFixture.read)
    }
  }

  @Test func `a read gives its frames`() async throws {
    let frames = [ClientFixture.envelope(1), ClientFixture.caughtUp]
    let answer = try await readAnswer(
      .answer(200, ClientFixture.framesFields, frames.flatMap(\.wireBytes)))
    #expect(answer.frames == frames)
    #expect(answer.incarnation == ClientFixture.incarnation)
    #expect(try await readAnswer(.answer(204, ClientFixture.incarnationField)).frames.isEmpty)
  }

  @Test func `a page of what no read shows, or with more behind its end, is refused`() async throws
  {
    let heartbeat = Frame(.heartbeat(1))
    let refused = Frame(.refused(.noSuchChannel))
    for frames in [
      [heartbeat], [ClientFixture.bye], [refused, refused],
      [ClientFixture.caughtUp, ClientFixture.caughtUp],
      [ClientFixture.caughtUp, ClientFixture.envelope(2)],
    ] {
      await #expect(throws: RelayError.malformedAnswer) {
        try await readAnswer(
          .answer(200, ClientFixture.framesFields, frames.flatMap(\.wireBytes)))
      }
    }
  }

  @Test func `a refusal is short, however much was asked for`() async throws {
    let long = [UInt8](repeating: 0x20, count: 20_000)
    await #expect(throws: RelayError.malformedAnswer) {
      try await readAnswer(.answer(404, ClientFixture.incarnationField, long))
    }
  }

  @Test func `a read that ends inside a frame is refused as a whole`() async throws {
    let bytes = [ClientFixture.envelope(1), ClientFixture.caughtUp].flatMap(\.wireBytes)
    await #expect(throws: RelayError.malformedAnswer) {
      try await readAnswer(.answer(200, ClientFixture.framesFields, bytes.dropLast()))
    }
    await #expect(throws: RelayError.malformedAnswer) {
      try await readAnswer(.answer(200, ClientFixture.framesFields, bytes + [1]))
    }
    await #expect(throws: RelayError.malformedAnswer) {
      try await readAnswer(
        .answer(
          200, ["Content-Type": "text/plain"].merging(ClientFixture.incarnationField) { $1 },
          bytes))
    }
  }

  @Test func `a read whose connection is cut is no read`() async throws {
    let text =
      "HTTP/1.1 200 OK\r\nContent-Type: \(HeaderName.framesType)\r\nContent-Length: 9000\r\n\r\n"
    await #expect(throws: RelayError.outcomeUnknown) {
      try await readAnswer(
        .send(Array(text.utf8) + ClientFixture.envelope(1).wireBytes), .close)
    }
  }
}
