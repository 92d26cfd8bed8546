// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import RelayProtocol
import WireFormat

extension RelayClient {
  /// Follows channels over one stream, or by long polls where streams do not pass.
  ///
  /// The next bytes are asked for when `receive` has returned: a slow reader slows the relay down,
  /// never fills this machine. Returns after `bye`, after `receive` has answered false, or at the end
  /// of the stream between two frames; throws ``RelayError`` and what `receive` throws.
  public func follow(
    _ follow: Follow, receive: (Frame) async throws -> Bool
  ) async throws {
    switch try await stream(follow, receive) {
    case .ended: return
    case .doesNotPass: try await poll(follow, receive)
    }
  }

  private enum StreamEnd {
    case ended
    /// No frame has come through: there is no such route, or something in between holds them back.
    case doesNotPass
  }

  private func stream(
    _ follow: Follow, _ receive: (Frame) async throws -> Bool
  ) async throws -> StreamEnd {
    var call = RelayCall(.POST, "/v1/follow")
    call.body = follow.wireBytes
    call.set("Content-Type", "application/octet-stream")
    let witness = WitnessedBody.Witness()
    let response: HTTPClientResponse
    do {
      var request = call.request(to: address, witness)
      request.tlsConfiguration = try await transport.security(of: address)
      response = try await transport.http.execute(
        request, timeout: TimeAmount(transport.patience.answer))
    } catch {
      let failure = CallFailure(error, requestLeft: witness.wasAsked)
      // A proxy that waits for the whole answer of a stream never answers.
      if case .timedOut = failure { return .doesNotPass }
      throw failure.relayError
    }
    guard response.status == .ok else {
      let answer = try await refusal(response)
      switch answer.refusal() {
      case .refused(.noSuchRoute), .refused(.methodNotAllowed): return .doesNotPass
      case .malformedAnswer where [404, 405, 501].contains(answer.status): return .doesNotPass
      case let error: throw error
      }
    }
    let head = RelayAnswer(status: 200, headers: response.headers, body: [])
    guard head.isOf(HeaderName.framesType) else { return .doesNotPass }

    var parser = FrameParser()
    var hasPassed = false
    var lastFrame = ContinuousClock.now
    var body = response.body.makeAsyncIterator()
    while true {
      let chunk: ByteBuffer?
      do {
        chunk = try await body.next()
      } catch {
        let failure = CallFailure(error, requestLeft: true)
        if case .timedOut = failure, !hasPassed { return .doesNotPass }
        throw failure.relayError
      }
      guard let chunk else { break }
      parser.feed(chunk.readableBytesView)
      while let frame = try Self.next(&parser, below: follow.subscriptions.count) {
        hasPassed = true
        guard try await receive(frame) else { return .ended }
        if case .bye = frame.body { return .ended }
        lastFrame = .now
      }
      // Bytes alone say nothing: a heartbeat is a frame.
      if .now - lastFrame > transport.patience.silence {
        guard hasPassed else { return .doesNotPass }
        throw RelayError.unreachable
      }
    }
    try Task.checkCancellation()
    guard parser.isBetweenFrames else { throw RelayError.malformedAnswer }
    return .ended
  }

  private static func next(
    _ parser: inout FrameParser, below count: Int
  ) throws(RelayError) -> Frame? {
    let frame: Frame?
    do { frame = try parser.next() } catch { throw .malformedAnswer }
    if let frame, frame.subscription >= count { throw .malformedAnswer }
    return frame
  }

  private func refusal(_ response: HTTPClientResponse) async throws(RelayError) -> RelayAnswer {
    do {
      let body = try await Self.within(transport.patience.answer) {
        try await response.body.collect(upTo: RelayCall.shortBound)
      }
      return RelayAnswer(
        status: Int(response.status.code), headers: response.headers,
        body: Array(body.readableBytesView))
    } catch {
      throw .malformedAnswer
    }
  }
}
