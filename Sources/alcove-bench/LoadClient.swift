// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One connection in a closed loop: the next request goes out when the answer to the last is whole.
final class LoadClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  struct Outcome: Sendable {
    var histogram = Histogram()
    var refused = 0
    var bytes = 0
  }

  private let requests: () -> [UInt8]?
  private let done: EventLoopPromise<Outcome>
  private var exchange = HTTPExchange()
  private var outcome = Outcome()
  private var sent = ContinuousClock.now

  /// - Parameter requests: The next request, or nil at the end.
  init(done: EventLoopPromise<Outcome>, requests: @escaping () -> [UInt8]?) {
    self.requests = requests
    self.done = done
  }

  func channelActive(context: ChannelHandlerContext) { send(context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    exchange.feed(unwrapInboundIn(data).readableBytesView)
    while let answer = exchange.next() {
      outcome.histogram.record(ContinuousClock.now - sent)
      outcome.bytes += answer.bodyCount
      if !(200..<300).contains(answer.status) { outcome.refused += 1 }
      send(context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    done.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { done.succeed(outcome) }

  private func send(_ context: ChannelHandlerContext) {
    guard let request = requests() else {
      context.close(promise: nil)
      return
    }
    sent = ContinuousClock.now
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
  }
}
