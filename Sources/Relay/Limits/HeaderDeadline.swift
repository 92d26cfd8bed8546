// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTPTypes

/// Closes an HTTP/1.1 connection whose header fields do not come to an end in time.
///
/// The clock runs from the connection's beginning, and again from the first byte after a whole
/// request. Between two requests the time for idle connections holds.
///
/// A request only notes when its fields began: there is at most one timer for each connection, which
/// looks at that note when it ends. A timer for each request would cost more than its judgement.
final class HeaderDeadline: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum Phase { case fields, request, between }

  private let limit: TimeAmount
  private let onExpiry: @Sendable () -> Void
  private var phase = Phase.fields
  /// When the fields in hand began.
  private var began = NIODeadline.uptimeNanoseconds(0)
  private var timer: Scheduled<Void>?

  init(_ limit: TimeAmount, onExpiry: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.onExpiry = onExpiry
  }

  func handlerAdded(context: ChannelHandlerContext) { begin(context) }
  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if phase == .between { begin(context) }
    context.fireChannelRead(data)
  }

  private func begin(_ context: ChannelHandlerContext) {
    phase = .fields
    began = .now()
    if timer == nil { wait(context.channel) }
  }

  /// Looks again when the fields in hand would have had their time.
  private func wait(_ channel: any Channel) {
    // Safe: the timer runs on the connection's own thread, as every call of this handler does.
    let this = NIOLoopBound(self, eventLoop: channel.eventLoop)
    timer = channel.eventLoop.scheduleTask(deadline: began + limit) {
      this.value.look(channel)
    }
  }

  private func look(_ channel: any Channel) {
    timer = nil
    guard phase == .fields else { return }
    guard began + limit <= .now() else { return wait(channel) }
    onExpiry()
    channel.close(promise: nil)
  }

  fileprivate func see(_ part: HTTPRequestPart) {
    switch part {
    case .head: phase = .request
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
