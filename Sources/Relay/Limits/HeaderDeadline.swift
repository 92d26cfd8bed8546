// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTPTypes

/// Closes an HTTP/1.1 connection whose header fields do not come to an end in time.
///
/// The clock runs from the connection's beginning, and again from the first byte after a whole request.
/// Between two requests the time for idle connections holds.
final class HeaderDeadline: FieldDeadline {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  let timer: FieldTimer
  private var isBetween = false
  /// What of a body came last within what is being read.
  private var lastBody: ByteBuffer?

  /// - Parameter since: When the connection began, where that was before this is added.
  init(
    _ limit: TimeAmount, since: NIODeadline? = nil, _ turns: BackgroundTurns,
    onExpiry: @escaping @Sendable () -> Void
  ) {
    timer = FieldTimer(limit, since: since, turns, onExpiry: onExpiry)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isBetween { begin(context) }
    lastBody = nil
    context.fireChannelRead(data)
    if isBetween, !hasEnded(with: unwrapInboundIn(data)) { begin(context) }
    lastBody = nil
  }

  private func begin(_ context: ChannelHandlerContext) {
    isBetween = false
    timer.begin(context.channel)
  }

  /// Whether a request ended with these bytes, and not before their end: how much of them the decoder still
  /// holds is known to nobody else. Whoever repeats a body behind it for this to be wrong begins the next
  /// request with the byte after that.
  private func hasEnded(with bytes: ByteBuffer) -> Bool {
    let view = bytes.readableBytesView
    if let body = lastBody?.readableBytesView, view.suffix(body.count) == body { return true }
    return view.suffix(4).elementsEqual("\r\n\r\n".utf8)
  }

  fileprivate func see(_ part: HTTPRequestPart) {
    switch part {
    case .head:
      isBetween = false
      lastBody = nil
      timer.end()
    case .body(let bytes): lastBody = bytes
    case .end: isBetween = true
    }
  }

  /// Stands behind the decoder and tells what it has found.
  final class Witness: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var deadline: HeaderDeadline?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      deadline =
        deadline
        ?? (try? context.pipeline.syncOperations.handler(type: HeaderDeadline.self))
      deadline?.see(unwrapInboundIn(data))
      context.fireChannelRead(data)
    }
  }
}
