// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Rests a little after each handful of new connections: a loop that is handed one after the other begins
/// them all before it looks at those that it has.
final class AcceptPace: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never

  /// How many come at once.
  static let atOnce: UInt = 16
  private static let rest = TimeAmount.microseconds(500)

  private var isResting = false
  /// Whether it was asked for more meanwhile.
  private var isAsked = false

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
}
