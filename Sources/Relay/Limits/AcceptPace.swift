// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// Rests a little after each handful of new connections, and for long where the system has no room for one.
///
/// A loop that is handed one after the other begins them all before it looks at those that it has.
final class AcceptPace: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never

  /// How many come at once.
  static let atOnce: UInt = 16
  private static let rest = TimeAmount.microseconds(500)
  /// How long nothing is asked for where there are no files, or no memory, for a connection.
  private static let longRest = TimeAmount.seconds(1)

  private var isResting = false
  /// Whether it was asked for more meanwhile.
  private var isAsked = false
  private var isFull = false

  func channelReadComplete(context: ChannelHandlerContext) {
    isResting = true
    // Safe: the timer runs on the thread of the channel that accepts, as every call of its handlers does.
    let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.rest) { this.value.0.goOn(this.value.1) }
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    guard isResting else { return context.read() }
    isAsked = true
  }

  private func goOn(_ context: ChannelHandlerContext) {
    isResting = false
    guard isAsked else { return }
    isAsked = false
    context.read()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let code = (error as? IOError)?.errnoCode,
      [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code)
    else { return context.fireErrorCaught(error) }
    guard !isFull else { return }
    isFull = true
    // After an error the library still waits for the socket, which stays ready: the loop would turn round and round
    // until a connection has ended. Without this option it lets go of the socket.
    let channel = context.channel
    try? channel.syncOptions?.setOption(.autoRead, value: false)
    // Safe: as above.
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.longRest) {
      this.value.isFull = false
      // This fails only where the channel has been closed.
      try? channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}
