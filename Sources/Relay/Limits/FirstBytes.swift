// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Waits for what a connection says first, and has it prepared no sooner.
///
/// What decrypts, reads HTTP and runs a task costs some tens of microseconds and kilobytes. Thousands who come and
/// say nothing would have all of that made for them, in front of those who have something to say.
final class FirstBytes: FieldDeadline, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  let timer: FieldTimer
  private let began = NIODeadline.now()
  private let prepare: (any Channel, NIODeadline) -> EventLoopFuture<Void>
  private var held = CircularBuffer<NIOAny>()
  private var isPreparing = false
  /// Whether what was held was all that there was to read; else the connection says so itself.
  private var isReadOver = false

  /// - Parameter prepare: Adds what handles the connection, in the time that has run since its second argument.
  init(
    _ limit: TimeAmount, _ turns: BackgroundTurns, onExpiry: @escaping @Sendable () -> Void,
    prepare: @escaping (any Channel, NIODeadline) -> EventLoopFuture<Void>
  ) {
    timer = FieldTimer(limit, turns, onExpiry: onExpiry)
    self.prepare = prepare
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    held.append(data)
    isReadOver = false
    guard !isPreparing else { return }
    isPreparing = true
    // Safe: what is prepared is prepared on the connection's own thread, as every call of its handlers is made.
    let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    prepare(context.channel, began).whenComplete { result in
      let (handler, context) = this.value
      guard case .success = result else { return context.close(promise: nil) }
      while let data = handler.held.popFirst() { context.fireChannelRead(data) }
      if handler.isReadOver { context.fireChannelReadComplete() }
      context.pipeline.syncOperations.removeHandler(handler, promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReadOver = true
    if !isPreparing { context.fireChannelReadComplete() }
  }

  /// Whoever has said nothing and will not, or the relay goes down: there is nothing to end first.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if !isPreparing, event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed {
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if isPreparing { context.fireErrorCaught(error) } else { context.close(promise: nil) }
  }
}
