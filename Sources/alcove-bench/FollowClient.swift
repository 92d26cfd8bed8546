// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RelayProtocol
import WireFormat

/// Follows one channel and notes when each envelope arrives.
final class FollowClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let request: [UInt8]
  private let wanted: Int
  private let ready: EventLoopPromise<Void>
  private let done: EventLoopPromise<[UInt64: ContinuousClock.Instant]>
  private var head: [UInt8] = []
  private var hasHead = false
  private var chunked: [UInt8] = []
  private var frames: [UInt8] = []
  private var arrived: [UInt64: ContinuousClock.Instant] = [:]

  init(
    request: [UInt8], wanted: Int, ready: EventLoopPromise<Void>,
    done: EventLoopPromise<[UInt64: ContinuousClock.Instant]>
  ) {
    self.request = request
    self.wanted = wanted
    self.ready = ready
    self.done = done
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let now = ContinuousClock.now
    let buffer = unwrapInboundIn(data)
    if hasHead {
      chunked += buffer.readableBytesView
    } else {
      head += buffer.readableBytesView
      guard let end = HTTPExchange.headEnd(head) else { return }
      hasHead = true
      chunked = Array(head[end...])
    }
    takeChunks()
    while let frame = takeFrame() {
      switch frame.body {
      case .envelope(let entry): arrived[entry.position.value] = now
      case .caughtUp: ready.succeed()
      default: break
      }
    }
    if arrived.count >= wanted { context.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    ready.succeed()
    done.succeed(arrived)
  }

  /// Takes the chunked coding off: size in hexadecimal, CRLF, that many bytes, CRLF.
  private func takeChunks() {
    while let end = chunked.firstIndex(of: 10), end > 0 {
      let size = Int(String(decoding: chunked[..<(end - 1)], as: UTF8.self), radix: 16) ?? 0
      guard size > 0, chunked.count >= end + 1 + size + 2 else { return }
      frames += chunked[(end + 1)..<(end + 1 + size)]
      chunked.removeSubrange(..<(end + 1 + size + 2))
    }
  }

  private func takeFrame() -> Frame? {
    var reader = WireReader(frames)
    guard let frame = try? Frame(from: &reader) else { return nil }
    frames.removeSubrange(..<reader.position)
    return frame
  }
}
