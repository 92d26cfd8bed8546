// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOSSL
import NIOTLS

/// A connection from its first byte: TLS where there is a certificate, then HTTP/2 or HTTP/1.1 as the
/// client asks, each step within its time.
struct RelayChannel: HTTPChannelHandler {
  typealias Protocols = NIONegotiatedHTTPVersion<HTTP1Connection, HTTP2Channel.Value>

  enum Value: ServerChildChannelValue {
    /// One too many, closed already.
    case refused(any Channel)
    case plain(HTTP1Connection)
    case negotiated(NegotiatedConnection)

    var channel: any Channel {
      switch self {
      case .refused(let channel): channel
      case .plain(let value): value.channel
      case .negotiated(let value): value.channel
      }
    }
  }

  let limits: RelayLimits
  let certificate: ServerCertificate?
  let admission: Admission
  let metrics: RelayMetrics
  private let http1: HTTP1Channel
  private let http2: HTTP2Channel
  var responder: Responder { http1.responder }

  init(
    responder: @escaping Responder, limits: RelayLimits, certificate: ServerCertificate?,
    admission: Admission, metrics: RelayMetrics
  ) {
    self.limits = limits
    self.certificate = certificate
    self.admission = admission
    self.metrics = metrics
    let streams = HTTP1Channel.Configuration(
      idleTimeout: .seconds(limits.idleSeconds),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: 100))
    var alone = streams
    alone.additionalChannelHandlers = { [HeaderDeadline.Witness()] }
    http1 = HTTP1Channel(responder: responder, configuration: alone)
    var connections = HTTP2ChannelConfiguration(streamConfiguration: streams)
    // Assigned: the initialiser loses one of its arguments.
    connections.idleTimeout = .seconds(limits.idleSeconds)
    connections.gracefulCloseTimeout = .seconds(limits.writeSeconds)
    http2 = HTTP2Channel(responder: responder, configuration: connections)
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    // Every connection keeps one of these, however long it rests; it grows with what comes.
    try? channel.syncOptions?.setOption(
      .recvAllocator,
      value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 64 << 10))
    guard admission.admit(channel) else {
      channel.close(promise: nil)
      return channel.eventLoop.makeSucceededFuture(.refused(channel))
    }
    PeerTimeout.set(on: channel, seconds: limits.writeSeconds)
    guard let certificate else {
      return setupHTTP1(channel, logger).map { .plain($0) }
    }
    return channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers([
        NIOSSLServerHandler(context: certificate.context),
        HandshakeDeadline(.milliseconds(limits.handshakeMilliseconds)) { [metrics] in
          metrics.count(.handshakeTime)
        },
      ])
      let protocols = NIOTypedApplicationProtocolNegotiationHandler<Protocols> {
        [self] result, channel in
        switch result {
        case .negotiated("h2"): setupHTTP2(channel, logger).map { .http2($0) }
        case .negotiated, .fallback:
          setupHTTP1(channel, logger).map { .http1_1($0) }
        }
      }
      try pipeline.addHandler(protocols)
      return .negotiated(
        NegotiatedConnection(protocols.protocolNegotiationResult, channel))
    }
  }

  private func setupHTTP2(
    _ channel: any Channel, _ logger: Logger
  ) -> EventLoopFuture<HTTP2Channel.Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(
        HTTP2Deadline(.milliseconds(limits.headerMilliseconds)) { [metrics] in
          metrics.count(.headerTime)
        })
    }.flatMap { http2.setup(channel: channel, logger: logger) }.always { [limits] _ in
      // RFC 9113 §6.5.2. The library begins with 100, and a client who never acknowledges this has them:
      // requests of one connection are counted as well.
      let most = HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams)
      channel.writeAndFlush(
        HTTP2Frame(streamID: .rootStream, payload: .settings(.settings([most]))), promise: nil)
    }
  }

  private func setupHTTP1(
    _ channel: any Channel, _ logger: Logger
  ) -> EventLoopFuture<HTTP1Connection> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(
        HeaderDeadline(.milliseconds(limits.headerMilliseconds)) { [metrics] in
          metrics.count(.headerTime)
        })
    }.flatMap { http1.setup(channel: channel, logger: logger) }.map { HTTP1Connection($0) }
  }

  func handle(value: Value, logger: Logger) async {
    switch value {
    case .refused: return
    case .plain(let value): await http1.handle(value: value.take(), logger: logger)
    case .negotiated(let value):
      await value.handle { result in
        switch result {
        case .http1_1(let value): await http1.handle(value: value.take(), logger: logger)
        case .http2(let value): await http2.handle(value: value, logger: logger)
        }
      }
    }
  }
}
