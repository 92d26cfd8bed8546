// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL

/// Many followers over TLS 1.3, all on one event loop.
final class TLSCrowd {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// Connects, asks for the same on each connection, and waits until each has had its first frame.
  init(port: Int, count: Int, follow: [UInt8]) throws {
    let context = try TLSLoad.clientContext()
    let loop = group.next()
    var answered: [EventLoopFuture<Void>] = []
    for _ in 0..<count {
      let answer = loop.makePromise(of: Void.self)
      answered.append(answer.futureResult)
      let channel = try ClientBootstrap(group: loop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
              NIOSSLClientHandler(context: context, serverHostname: nil), Follower(answer),
            ])
          }
        }
        .connect(host: "127.0.0.1", port: port).wait()
      try channel.writeAndFlush(ByteBuffer(bytes: follow)).wait()
    }
    for answer in answered { try answer.wait() }
  }

  /// Closes all connections at once.
  func stop() { try? group.syncShutdownGracefully() }

  private final class Follower: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<Void>
    private var head: [UInt8]? = []

    init(_ answer: EventLoopPromise<Void>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard var all = head else { return }
      all += unwrapInboundIn(data).readableBytesView
      if let end = HTTPExchange.headEnd(all), end < all.count {
        answer.succeed()
        head = nil
      } else {
        head = all
      }
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }
  }
}
