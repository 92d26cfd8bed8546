// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A handler whose timer runs from the connection's beginning and goes with it.
protocol FieldDeadline: ChannelInboundHandler {
  var timer: FieldTimer { get }
}

extension FieldDeadline {
  func handlerAdded(context: ChannelHandlerContext) { timer.begin(context.channel) }
  func handlerRemoved(context: ChannelHandlerContext) { timer.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    timer.cancel()
    context.fireChannelInactive()
  }
}
