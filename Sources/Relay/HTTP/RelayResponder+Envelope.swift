// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import NIOCore
import Primitives
import RelayLog
import RelayProtocol
import WireFormat

extension RelayResponder {
  /// `POST /v1/envelope`
  func append(_ request: Request, _ context: RelayContext) async throws -> Response {
    let fields = Fields(request)
    let channel: ChannelID = try fields.value(Fields.channel)
    let token = try fields.token().hash
    let id: EnvelopeID = try fields.value(Fields.envelope)
    var turn: TurnHash?
    var named = NamedHashes.none
    if fields.has(Fields.turn) {
      let parts = try fields.list(Fields.turn, count: 3)
      turn = try TurnSecret(bytes: Fields.bytes(parts[0], count: 32)).hash
      named = NamedHashes(token: try Fields.value(parts[1]), turn: try Fields.value(parts[2]))
    }
    let at = try fields.at()
    let length = try fields.contentLength()
    guard let size = SizeClass(byteCount: length) else { throw RelayError.refused(.sizeClass) }
    let began = ContinuousClock.now
    let permit = permits.begin(for: context.channel, peers(of: context, token))
    defer { permit.give() }
    let body = try await bodies.read(request, count: size.byteCount, context, permit)
    let appended = try await store.append(
      AppendJob(
        channel: channel, token: token, id: id, turn: turn, named: named, at: at, envelope: body))
    metrics.appends.add(appended.isReplay ? "replay" : "new")
    metrics.appendSeconds.add(
      .now - began, at: SizeClass.allCases.firstIndex(of: size) ?? SizeClass.allCases.count)
    var headers = HTTPFields()
    headers.append(
      HTTPField(name: Fields.sequence, value: String(appended.at.position.value)))
    headers.append(HTTPField(name: Fields.chain, value: Fields.text(appended.at.chain)))
    if appended.isReplay { headers.append(HTTPField(name: Fields.replay, value: "1")) }
    if let day = appended.day {
      let turn = TurnReceipt.Turn(channel: channel, id: id, named: named, at: appended.at)
      let receipt = TurnReceipt(of: turn, on: day, by: identity)
      headers.append(HTTPField(name: Fields.receipt, value: receipt.text))
    }
    return Response(status: appended.isReplay ? .ok : .created, headers: headers)
  }

  /// `GET /v1/envelope?after=N&max=BYTES&wait=S`
  func read(_ request: Request, _ context: RelayContext) async throws -> Response {
    let fields = Fields(request)
    let channel: ChannelID = try fields.value(Fields.channel)
    let token = try fields.token().hash
    let query = request.uri.queryParameters
    let names = query.map(\.key)
    guard names.allSatisfy({ ["after", "max", "wait"].contains($0) }),
      Set(names).count == names.count
    else {
      throw RelayError.refused(.malformed)
    }
    let after = Position(try Fields.number(query["after"], default: 0))
    let maximum = try Fields.number(query["max"], default: UInt64(limits.readBytes))
    let wait = try Fields.number(query["wait"], default: 0)
    let bytes = Int(min(maximum, UInt64(limits.readBytes)))
    let seconds = Int(min(wait, UInt64(limits.longestWait)))

    // The watch begins before the first look, so that nothing falls between the two.
    let pending = Pending()
    let watch = seconds > 0 ? store.watch([channel], wake: pending.wake) : nil
    defer { _ = watch }
    // What there is shows by a small look.
    let look = min(bytes, Self.piece)
    var frames = try await store.read(
      channel, token: token, after: after, maximumBytes: look)
    if seconds > 0, frames.isNothingNew {
      let drained = drain.register { pending.end() }
      defer { drain.remove(drained) }
      if await pending.wait(seconds: seconds, deadlines) == .news {
        frames = try await store.read(
          channel, token: token, after: after, maximumBytes: look)
      }
      if frames.isNothingNew {
        metrics.reads.add("nothing")
        return Response(status: .noContent)
      }
    }
    let permit = answers.begin(for: context.channel, peers(of: context, token))
    let response = try await answer(frames, upTo: bytes, permit, context) {
      [self] position, room throws(RelayError) in
      try await store.read(channel, token: token, after: position, maximumBytes: room)
    }
    metrics.reads.add("frames")
    return response
  }

  /// What fits into an HTTP/1.1 connection without waiting for its reader.
  private static let piece = 64 << 10
  /// Who has had so much gives way to who has not: few read more at once, but after a long absence.
  private static let ordinary = 256 << 10

  /// An answer that is read on from the store as its reader takes it, in pieces each of which must be taken in
  /// time: memory is held for one of them and the next. A small one fits into the connection and is whole.
  ///
  /// Where it cannot go on, for want of memory or of the store, it ends with where the log does: what is left
  /// is read by the next request, which is told why if it cannot be.
  private func answer(
    _ first: [Frame], upTo bytes: Int, _ permit: Permit, _ context: RelayContext,
    _ read: @escaping @Sendable (_ after: Position, _ room: Int) async throws(RelayError) -> [Frame]
  ) async throws -> Response {
    let headers: HTTPFields = [.contentType: HeaderName.framesType]
    let isWhole = !first.hasMore || first.byteCount >= bytes
    if isWhole, first.byteCount <= Self.piece, !context.isStream {
      return Response(
        status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: first.wireBytes)))
    }
    guard permit.fit(first.byteCount) else { throw RelayError.refused(.overloaded) }
    context.answer.beginPieces()
    let body = ResponseBody { [self] writer in
      var frames = first
      var size = first.byteCount
      var goesOn = true
      while true {
        let room = min(Self.piece, bytes - size)
        // What is said of the log's end belongs behind what is read on, and alone where nothing is.
        let end = goesOn && frames.hasMore && room > 0 ? frames.popLast() : nil
        if !isWhole || size > Self.piece {
          // It is the store that is waited for, and others' turns.
          permit.hold()
          await answerTurns.wait(on: context.channel.eventLoop, isNew: size <= Self.ordinary)
        }
        permit.progress()
        let encoded = frames.wireBytes
        for start in stride(from: 0, to: encoded.count, by: Self.piece) {
          let deadline = deadlines.start(
            context.channel, seconds: limits.writeSeconds, .writeTime)
          defer { deadlines.stop(deadline) }
          try await writer.write(
            ByteBuffer(bytes: encoded[start..<min(start + Self.piece, encoded.count)]))
          permit.progress()
        }
        guard let end else { break }
        permit.hold()
        if let position = frames.position,
          permit.fit(frames.byteCount + room), let more = try? await read(position, room),
          // The first envelope comes however large it is, which is meant for a whole answer.
          size + more.byteCount <= bytes, permit.fit(frames.byteCount + more.byteCount)
        {
          size += more.byteCount
          frames = more
        } else {
          frames = [end]
          goesOn = false
        }
      }
      let isWritten = context.beginEnd(deadlines, seconds: limits.writeSeconds) { permit.give() }
      defer { isWritten() }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: headers, body: body)
  }
}

extension [Frame] {
  fileprivate var wireBytes: [UInt8] {
    var writer = WireWriter()
    for frame in self { writer.write(frame) }
    return writer.bytes
  }

  /// Whether a reader who waits should go on waiting.
  fileprivate var isNothingNew: Bool {
    guard count == 1, case .caughtUp = self[0].body else { return false }
    return true
  }

  /// Bytes of envelopes and of what stands for them.
  fileprivate var byteCount: Int {
    reduce(0) { sum, frame in
      switch frame.body {
      case .envelope(let entry): sum + entry.envelope.count
      case .gap(_, let entries): sum + entries.count * EntryHash.length
      default: sum
      }
    }
  }

  /// Where what was read ends, if anything was.
  fileprivate var position: Position? {
    for frame in reversed() {
      switch frame.body {
      case .envelope(let entry): return entry.position
      case .gap(let first, let entries): return Position(first.value + UInt64(entries.count) - 1)
      default: continue
      }
    }
    return nil
  }

  /// Whether there is more than was read.
  fileprivate var hasMore: Bool {
    guard case .head = last?.body else { return false }
    return true
  }
}
