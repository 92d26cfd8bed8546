// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import NIOCore
import RelayLog
import RelayProtocol

extension RelayResponder {
  /// `POST /v1/blob`
  func makeBlob(_ request: Request) async throws -> Response {
    let made = try await store.makeBlob(Fields(request).blobPlace())
    return Response(
      status: made.isNew ? .created : .ok, headers: Fields.fields(of: made.state))
  }

  /// `PUT /v1/blob/part?index=K`
  func putPart(_ request: Request, _ context: RelayContext) async throws -> Response {
    let place = try Fields(request).blobPlace()
    let query = request.uri.queryParameters
    guard query.count == 1,
      let index = PartIndex(try Fields.number(query["index"], default: nil))
    else { throw RelayError.refused(.malformed) }
    let length = try Fields(request).contentLength()
    guard length == PartIndex.partLength else { throw RelayError.refused(.sizeClass) }
    // Of a part only a piece is in memory at a time; what is bounded is what lies on the disk
    // without a row. Who may not put it there takes nothing of it.
    let share = parts.begin(for: context.channel, peers(of: context, place.token))
    defer { share.give() }
    try await store.putPart(place, index) { [bodies] take in
      guard share.add(1) else { throw RelayError.refused(.overloaded) }
      // Nobody gives way who waits for the disk: that would make no room on it.
      try await bodies.read(request, count: length, context) { piece in
        share.hold()
        try await take(piece)
        share.progress()
      }
      share.hold()
    }
    return Response(status: .noContent)
  }

  /// `POST /v1/blob/seal`
  func sealBlob(_ request: Request) async throws -> Response {
    let fields = Fields(request)
    try await store.sealBlob(fields.blobPlace(), fields.seal())
    return Response(status: .noContent)
  }

  /// `HEAD /v1/blob`
  func blobState(_ request: Request) async throws -> Response {
    let state = try await store.blobState(Fields(request).blobPlace())
    var headers = Fields.fields(of: state)
    if case .sealed(let seal) = state {
      headers[.contentLength] = String(seal.length)
      headers[.contentType] = "application/octet-stream"
      headers[.acceptRanges] = "bytes"
    }
    return Response(status: .ok, headers: headers)
  }

  /// `GET /v1/blob`
  func readBlob(_ request: Request, _ context: RelayContext) async throws -> Response {
    let place = try Fields(request).blobPlace()
    let values = request.headers[values: .range]
    guard values.count <= 1 else { throw RelayError.refused(.malformed) }
    // RFC 9110 §13.1.5: what is conditional on a validator that was never given is not meant.
    let range = request.headers.contains(.ifRange) ? .whole : try ByteRange(values.first)
    let contents = try await store.readBlob(place) { length throws(RelayError) in
      try range.within(length)
    }
    let share = blobReads.begin(for: context.channel, peers(of: context, place.token))
    guard share.add(1) else { throw RelayError.refused(.overloaded) }
    let found = contents.range
    // Before there is a status: a part that cannot be read is a refusal.
    let first: [UInt8]
    do {
      first = try await contents.read(at: found.lowerBound, count: BodyReader.piece)
    } catch RelayError.refused(.damaged) {
      // Of a blob that was taken away in between nothing is damaged.
      _ = try await store.blobState(place)
      throw RelayError.refused(.damaged)
    }
    var headers: HTTPFields = [
      .contentType: "application/octet-stream", .acceptRanges: "bytes",
      Fields.seal: Fields.text(contents.seal),
    ]
    if range != .whole {
      headers[.contentRange] =
        "bytes \(found.lowerBound)-\(found.upperBound - 1)/\(contents.seal.length)"
    }
    context.answer.beginPieces()
    let body = ResponseBody(contentLength: found.count) { [self] writer in
      var piece = first
      var offset = found.lowerBound
      while true {
        do {
          let deadline = deadlines.start(context.channel, seconds: limits.writeSeconds, .writeTime)
          defer { deadlines.stop(deadline) }
          share.progress()
          try await writer.write(ByteBuffer(bytes: piece))
          share.hold()
        }
        offset += UInt64(piece.count)
        guard offset < found.upperBound else { break }
        piece = try await contents.read(at: offset, count: BodyReader.piece)
      }
      share.progress()
      let isWritten = context.beginEnd(deadlines, seconds: limits.writeSeconds) { _ = share }
      defer { isWritten() }
      try await writer.finish(nil)
    }
    return Response(status: range == .whole ? .ok : .partialContent, headers: headers, body: body)
  }

  /// `DELETE /v1/blob`
  func deleteBlob(_ request: Request) async throws -> Response {
    try await store.deleteBlob(Fields(request).blobPlace())
    return Response(status: .noContent)
  }
}
