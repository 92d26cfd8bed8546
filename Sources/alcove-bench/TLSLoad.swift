// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL

/// The connections of a load that speaks TLS 1.3, all on one event loop.
final class TLSLoad {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let port: Int

  init(port: Int) { self.port = port }

  func stop() { try? group.syncShutdownGracefully() }

  static func clientContext() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    // What is measured is the relay, which this process has started itself.
    configuration.certificateVerification = .none
    return try NIOSSLContext(configuration: configuration)
  }

  /// Sends what `next` gives for each connection, the next as soon as the last is answered, until it
  /// gives nil.
  func run(
    connections count: Int, next: @escaping @Sendable (Int) -> [UInt8]?
  ) throws -> LoadOutcome {
    let context = try Self.clientContext()
    let loop = group.next()
    let outcome = NIOLoopBoundBox.makeBoxSendingValue(LoadOutcome(), eventLoop: loop)
    let ends = try (0..<count).map { index in
      let end = loop.makePromise(of: Void.self)
      let channel = try ClientBootstrap(group: loop)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
              NIOSSLClientHandler(context: context, serverHostname: nil),
              Client(index: index, next: next, outcome: outcome, end: end),
            ])
          }
        }
        .connect(host: "127.0.0.1", port: port).wait()
      return (channel, end.futureResult)
    }
    for (channel, _) in ends { channel.pipeline.fireUserInboundEventTriggered(Client.Go()) }
    for (_, end) in ends { try end.wait() }
    return try loop.submit { outcome.value }.wait()
  }

  private final class Client: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Go: Sendable {}

    private let index: Int
    private let next: @Sendable (Int) -> [UInt8]?
    private let outcome: NIOLoopBoundBox<LoadOutcome>
    private let end: EventLoopPromise<Void>
    private var answer = HTTPExchange()
    private var sent = ContinuousClock.now

    init(
      index: Int, next: @escaping @Sendable (Int) -> [UInt8]?,
      outcome: NIOLoopBoundBox<LoadOutcome>, end: EventLoopPromise<Void>
    ) {
      self.index = index
      self.next = next
      self.outcome = outcome
      self.end = end
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is Go { send(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(unwrapInboundIn(data).readableBytesView)
      guard let answer = answer.take(bytes[...]) else { return }
      outcome.value.histogram.record(.now - sent)
      if !answer.isSuccess {
        outcome.value.refused += 1
        outcome.value.refusal = answer.status
      }
      send(context)
    }

    func channelInactive(context: ChannelHandlerContext) { end.succeed() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      end.fail(error)
      context.close(promise: nil)
    }

    private func send(_ context: ChannelHandlerContext) {
      guard let request = next(index) else {
        end.succeed()
        context.close(promise: nil)
        return
      }
      sent = .now
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
    }
  }
}
