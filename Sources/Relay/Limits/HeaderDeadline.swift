// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTPTypes

/// Closes an HTTP/1.1 connection whose header fields do not come to an end in time.
///
/// The clock runs from the connection's beginning, and again from the first byte after a whole
/// request. Between two requests the time for idle connections holds.
final class HeaderDeadline: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum Phase { case fields, request, between }

  private let limit: TimeAmount
  private let onExpiry: @Sendable () -> Void
  private var phase = Phase.fields
  private var deadline: Scheduled<Void>?

  init(_ limit: TimeAmount, onExpiry: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.onExpiry = onExpiry
  }

  func handlerAdded(context: ChannelHandlerContext) { start(context) }
  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if phase == .between {
      phase = .fields
      start(context)
    }
    context.fireChannelRead(data)
  }

  private func start(_ context: ChannelHandlerContext) {
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: limit) { [onExpiry] in
      onExpiry()
      channel.close(promise: nil)
    }
  }

  fileprivate func see(_ part: HTTPRequestPart) {
    switch part {
    case .head:
      deadline?.cancel()
      deadline = nil
      phase = .request
    case .body: break
    case .end: phase = .between
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
