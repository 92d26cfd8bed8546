// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP2

/// Closes an HTTP/2 connection some time after its client was told that it ends, by GOAWAY (RFC 9113 §6.8).
///
/// The library ends it once a PING that it sends behind is acknowledged, and waits for that without limit.
final class GoAwayDeadline: ChannelOutboundHandler {
  typealias OutboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let limit: TimeAmount
  private var timer: Scheduled<Void>?

  init(_ limit: TimeAmount) { self.limit = limit }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if timer == nil, case .goAway = unwrapOutboundIn(data).payload {
      let channel = context.channel
      timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }
    context.write(data, promise: promise)
  }
}
