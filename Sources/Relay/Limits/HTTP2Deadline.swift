// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Closes an HTTP/2 connection whose beginning, or whose field block or control frame, does not come to
/// an end in time.
///
/// It stands before the library and looks at nothing but lengths, types and one flag of frames. What is
/// inside of DATA has the time of bodies.
final class HTTP2Deadline: FieldDeadline {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  let timer: FieldTimer
  private var frames = HTTP2Frames()

  init(_ limit: TimeAmount, _ turns: BackgroundTurns, onExpiry: @escaping @Sendable () -> Void) {
    timer = FieldTimer(limit, turns, onExpiry: onExpiry)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    frames.pass(unwrapInboundIn(data).readableBytesView)
    if frames.isSettled {
      timer.end()
    } else if !timer.isRunning {
      timer.begin(context.channel)
    }
    context.fireChannelRead(data)
  }
}
