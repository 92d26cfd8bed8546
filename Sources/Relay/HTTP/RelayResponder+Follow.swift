// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdCore
import RelayLog
import RelayProtocol
import WireFormat

extension RelayResponder {
  /// `POST /v1/follow`
  func follow(_ request: Request) async throws -> Response {
    guard let length = request.headers[.contentLength].flatMap(Int.init) else {
      throw RelayError.refused(.lengthRequired)
    }
    guard (1...Follow.maximumLength).contains(length) else {
      throw RelayError.refused(.sizeClass)
    }
    guard permits.take(length) else { throw RelayError.refused(.overloaded) }
    let body: [UInt8]
    do {
      defer { permits.give(length) }
      body = try await BodyReader.read(request, count: length, limits)
    }
    let follow: Follow
    do { follow = try Follow(wireBytes: body) } catch { throw RelayError.refused(.malformed) }
    let stream = FollowStream(
      follow, store: store, limits: limits, clock: clock, drain: drain)
    return Response(
      status: .ok, headers: [.contentType: HeaderName.framesType],
      body: ResponseBody { writer in
        try await stream.run(into: &writer)
        try await writer.finish(nil)
      })
  }
}
