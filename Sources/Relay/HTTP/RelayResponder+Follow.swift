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
      body: ResponseBody { [self] writer in
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
    guard length <= Follow.maximumLength else { throw RelayError.refused(.sizeClass) }
    guard length > 0 else { throw RelayError.refused(.malformed) }
    let count = Follow.subscriptions(inBytes: length)
    // Before its body is read in vain: hundreds of follows that do not fit may come at once.
    _ = try room(for: count, context)
    let permit = permits.begin(for: context.channel, peers(of: context))
    defer { permit.give() }
    let body = try await bodies.read(request, count: length, context, permit)
    // A thousand subscriptions take more than a millisecond: a piece at a time.
    let loop = context.channel.eventLoop
    await followTurns.wait(on: loop)
    let room = try room(for: count, context)
    let follow: Follow
    do { follow = try Follow(wireBytes: body) } catch { throw RelayError.refused(.malformed) }
    await followTurns.wait(on: loop)
    let places = FollowPlaces(follow)
    guard places.areDistinct else { throw RelayError.refused(.malformed) }
    await followTurns.wait(on: loop)
    return FollowStream(
      places, holding: [room, try self.room(beside: places.tokens)],
      connection: connection(of: context), of: self)
  }
}
