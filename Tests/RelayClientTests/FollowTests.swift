// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayClient
import RelayProtocol
import Testing
import WireFormat

@Suite struct FollowTests {
  private func followed(
    _ scripts: [[ScriptedServer.Step]], until: (Frame) async throws -> Bool = { _ in true }
  ) async throws -> (frames: [Frame], requests: [String]) {
    let server: ScriptedServer =
      switch scripts.count {
      case 1: try ScriptedServer(scripts[0])
      case 2: try ScriptedServer(scripts[0], scripts[1])
      default: try ScriptedServer(scripts[0], scripts[1], scripts[2])
      }
    var frames: [Frame] = []
    try await ClientFixture.withClient(of: server.address) {
      try await $0.follow(ClientFixture.follow) { frame in
        frames.append(frame)
        return try await until(frame)
      }
    }
    return (frames, server.requests)
  }

  @Test func `frames arrive as they are pushed until the relay says bye`() async throws {
    let sent = [
      ClientFixture.envelope(1), ClientFixture.caughtUp, Frame(.heartbeat(1)), ClientFixture.bye,
    ]
    var steps = [ScriptedServer.Step.streamHead]
    for frame in sent { steps += [.chunk(frame.wireBytes), .wait(milliseconds: 20)] }
    steps.append(.stall)
    let (frames, requests) = try await followed([steps])
    #expect(frames == sent)
    #expect(requests.count == 1)
    #expect(requests[0].hasPrefix("POST /v1/follow HTTP/1.1\r\n"))
  }

  @Test func `the receiver ends a stream`() async throws {
    let (frames, _) = try await followed(
      [
        [
          .streamHead,
          .chunk(ClientFixture.envelope(1).wireBytes + ClientFixture.envelope(2).wireBytes), .stall,
        ]
      ]
    ) { _ in false }
    #expect(frames == [ClientFixture.envelope(1)])
  }

  @Test func `what the receiver throws comes through`() async throws {
    struct Enough: Error {}
    await #expect(throws: Enough.self) {
      try await followed(
        [[.streamHead, .chunk(ClientFixture.envelope(1).wireBytes), .stall]]
      ) { _ in throw Enough() }
    }
  }

  @Test func `the end of a stream between frames is an end, within one an error`() async throws {
    let bytes = ClientFixture.envelope(1).wireBytes
    let (frames, _) = try await followed([[.streamHead, .chunk(bytes), .lastChunk]])
    #expect(frames == [ClientFixture.envelope(1)])
    await #expect(throws: RelayError.malformedAnswer) {
      try await followed([[.streamHead, .chunk(bytes.dropLast()), .lastChunk]])
    }
    await #expect(throws: RelayError.outcomeUnknown) {
      try await followed([[.streamHead, .chunk(bytes), .close]])
    }
  }

  @Test func `a peer without heartbeats is dead`() async throws {
    await #expect(throws: RelayError.outcomeUnknown) {
      try await followed([[.streamHead, .chunk(ClientFixture.envelope(1).wireBytes), .stall]])
    }
  }

  @Test func `heartbeats keep a quiet stream alive`() async throws {
    var steps = [ScriptedServer.Step.streamHead]
    for time in UInt64(1)...12 {
      steps += [.chunk(Frame(.heartbeat(time)).wireBytes), .wait(milliseconds: 250)]
    }
    steps += [.chunk(ClientFixture.bye.wireBytes), .stall]
    let (frames, _) = try await followed([steps])
    #expect(frames.count == 13)
  }

  @Test func `garbage and foreign subscriptions end a stream`() async throws {
    await #expect(throws: RelayError.malformedAnswer) {
      try await followed([[.streamHead, .chunk([1, 0, 0, 0xBF, 0xFF, 0xFF, 0xFF]), .stall]])
    }
    await #expect(throws: RelayError.malformedAnswer) {
      try await followed([
        [.streamHead, .chunk(Frame(subscription: 1, .heartbeat(1)).wireBytes), .stall]
      ])
    }
  }

  @Test func `where streams do not pass the same frames come by long polls`() async throws {
    let page = ScriptedServer.Step.answer(
      200, ClientFixture.framesFields,
      [ClientFixture.envelope(1), ClientFixture.caughtUp].flatMap(\.wireBytes))
    let last = ScriptedServer.Step.answer(
      200, ClientFixture.framesFields, Frame(.turned(last: Position(2))).wireBytes)
    let (frames, requests) = try await followed([[.problem(.noSuchRoute)], [page], [last]])
    #expect(
      frames == [
        ClientFixture.envelope(1), ClientFixture.caughtUp, Frame(.turned(last: Position(2))),
      ])
    #expect(requests.count == 3)
    #expect(requests[1].hasPrefix("GET /v1/envelope?after=0&"))
    #expect(requests[2].hasPrefix("GET /v1/envelope?after=1&"))
  }

  @Test func `a proxy that holds the stream back is gone round`() async throws {
    let page = ScriptedServer.Step.answer(
      200, ClientFixture.framesFields, Frame(.turned(last: Position(2))).wireBytes)
    let (frames, requests) = try await followed([[.streamHead, .stall], [page]])
    #expect(frames == [Frame(.turned(last: Position(2)))])
    #expect(requests.count == 2)
  }

  @Test func `bytes that become no frame keep no stream alive`() async throws {
    var steps = [ScriptedServer.Step.streamHead]
    for byte in ClientFixture.envelope(1).wireBytes.prefix(40) {
      steps += [.chunk([byte]), .wait(milliseconds: 100)]
    }
    steps += [.chunk(Array(ClientFixture.envelope(1).wireBytes.dropFirst(40))), .stall]
    let page = ScriptedServer.Step.answer(
      200, ClientFixture.framesFields, Frame(.turned(last: Position(2))).wireBytes)
    let (frames, requests) = try await followed([steps, [page]])
    // Where nothing has passed yet it is polled; the frame that came in the end was not waited for.
    #expect(frames == [Frame(.turned(last: Position(2)))])
    #expect(requests.count == 2)
    let late = [.streamHead, .chunk(Frame(.heartbeat(1)).wireBytes)] + steps.dropFirst()
    await #expect(throws: RelayError.unreachable) { try await followed([late]) }
  }

  @Test func `a refusal that comes byte by byte is not waited for`() async throws {
    var steps = [
      ScriptedServer.Step.send(
        "HTTP/1.1 429 Some\r\nContent-Type: application/problem+json\r\nContent-Length: 30\r\n\r\n")
    ]
    for byte in #"{"type":"urn:alcove:error:l"}  "#.utf8.prefix(30) {
      steps += [.send([byte]), .wait(milliseconds: 100)]
    }
    await #expect(throws: RelayError.malformedAnswer) { try await followed([steps]) }
  }

  @Test func `a refusal of the whole stream is told`() async throws {
    await #expect(throws: RelayError.refused(.limited)) {
      try await followed([[.problem(.limited)]])
    }
  }

  @Test func `a slow receiver loses nothing`() async throws {
    let sent = (UInt64(1)...60).map { ClientFixture.envelope($0, count: 65_536) }
    var steps = [ScriptedServer.Step.streamHead]
    for frame in sent { steps.append(.chunk(frame.wireBytes)) }
    steps += [.chunk(ClientFixture.bye.wireBytes), .stall]
    let (frames, _) = try await followed([steps]) { _ in
      try await Task.sleep(for: .milliseconds(2))
      return true
    }
    #expect(frames.dropLast() == sent[...])
  }
}
