// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTPTypes

/// Closes an HTTP/1.1 connection whose header fields do not come to an end in time.
///
/// The clock runs from the connection's beginning, and again from the first byte after a whole
/// request, or from the last one that came together with it. Between two requests the time for idle connections holds.
final class HeaderDeadline: FieldDeadline {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  let timer: FieldTimer
  private var isBetween = false

  init(_ limit: TimeAmount, onExpiry: @escaping @Sendable () -> Void) {
    timer = FieldTimer(limit, onExpiry: onExpiry)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // The last byte by itself: if the request has ended before it, it is the next one's. How much of what it
    // got the decoder still holds is known to nobody else.
    var bytes = unwrapInboundIn(data)
    if bytes.readableBytes > 1, let most = bytes.readSlice(length: bytes.readableBytes - 1) {
      pass(most, context)
    }
    pass(bytes, context)
  }

  private func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    if isBetween {
      isBetween = false
      timer.begin(context.channel)
    }
    context.fireChannelRead(wrapInboundOut(bytes))
  }

  fileprivate func see(_ part: HTTPRequestPart) {
    switch part {
    case .head:
      isBetween = false
      timer.end()
    case .body: break
    case .end: isBetween = true
    }
  }

  /// Stands behind the decoder and tells what it has found.
  final class Witness: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var deadline: HeaderDeadline?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .body: break
      case let part:
        deadline =
          deadline
          ?? (try? context.pipeline.syncOperations.handler(type: HeaderDeadline.self))
        deadline?.see(part)
      }
      context.fireChannelRead(data)
    }
  }
}
