// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import NIOCore
import RelayLog
import RelayProtocol
import WireFormat

extension RelayResponder {
  /// `POST /v1/follow`
  func follow(_ request: Request, _ context: RelayContext) async throws -> Response {
    let stream = try await subscribe(request, context)
    context.answer.beginPieces()
    return Response(
      status: .ok, headers: [.contentType: HeaderName.framesType],
      body: ResponseBody { [deadlines, limits] writer in
        // A follower who has left is noticed by the next write, which is a heartbeat at the latest.
        // (Hummingbird's handler for that traps when the request's body has been read before.)
        try await stream.run()
        let isWritten = context.beginEnd(deadlines, seconds: limits.writeSeconds)
        defer { isWritten() }
        try await writer.finish(nil)
      })
  }

  private func subscribe(
    _ request: Request, _ context: RelayContext
  ) async throws -> FollowStream {
    let length = try Fields(request).contentLength()
    guard (1...Follow.maximumLength).contains(length) else {
      throw RelayError.refused(.sizeClass)
    }
    let permit = permits.begin(for: context.channel, peers(of: context))
    defer { permit.give() }
    let body = try await bodies.read(request, count: length, context, permit)
    // A thousand subscriptions take a millisecond.
    await followTurns.wait(on: context.channel.eventLoop)
    let follow: Follow
    do { follow = try Follow(wireBytes: body) } catch { throw RelayError.refused(.malformed) }
    let channels = follow.subscriptions.map(\.channel)
    guard Set(channels).count == channels.count else { throw RelayError.refused(.malformed) }
    let places = FollowPlaces(follow)
    return FollowStream(
      places, holding: try share(of: places.tokens, context), store: store, limits: limits,
      clock: clock,
      drain: drain, connection: connection(of: context), metrics: metrics, admission: admission,
      turns: followTurns)
  }
}
