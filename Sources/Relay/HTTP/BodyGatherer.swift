// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTPTypes

/// Hands a body on in pieces of at least 1 KiB, and its end: one that comes byte by byte wakes the task of its
/// connection once for a thousand of them.
///
/// Nobody waits for what is held: what is done with a piece of a body is to keep it until there are more.
final class BodyGatherer: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private static let least = 1 << 10
  private var held: ByteBuffer?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if case .body(var bytes) = part {
      if var before = held.take() {
        before.writeBuffer(&bytes)
        bytes = before
      }
      guard bytes.readableBytes >= Self.least else {
        // A copy: as a slice it would keep all that was read with it.
        held = ByteBuffer(bytes: bytes.readableBytesView)
        return
      }
      return context.fireChannelRead(wrapInboundOut(.body(bytes)))
    }
    if let bytes = held.take() { context.fireChannelRead(wrapInboundOut(.body(bytes))) }
    context.fireChannelRead(data)
  }
}
