// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOTLS

/// Closes a connection whose TLS handshake is not done in time, or goes on while the relay goes down.
final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  private let end: NIODeadline
  private let turns: BackgroundTurns
  private let onExpiry: @Sendable () -> Void
  private var deadline: Scheduled<Void>?

  init(_ end: NIODeadline, _ turns: BackgroundTurns, onExpiry: @escaping @Sendable () -> Void) {
    self.end = end
    self.turns = turns
    self.onExpiry = onExpiry
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    // Safe: both run on the connection's own thread, as every call of its handlers does.
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(deadline: end) { [turns, onExpiry] in
      turns.call(on: channel.eventLoop) {
        guard this.value.deadline != nil else { return }
        onExpiry()
        channel.close(promise: nil)
      }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      deadline?.cancel()
      deadline = nil
      context.fireUserInboundEventTriggered(event)
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
      return
    }
    if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  /// A handshake that fails ends the connection at once.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
