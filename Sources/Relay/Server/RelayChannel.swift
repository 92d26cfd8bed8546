// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOTLS

/// A connection from its first byte: TLS where there is a certificate, then HTTP/2 or HTTP/1.1 as the
/// client asks, each step within its time.
struct RelayChannel {
  private typealias Protocols = NIONegotiatedHTTPVersion<HTTP1Channel.Value, HTTP2Channel.Value>

  let limits: RelayLimits
  let certificate: ServerCertificate?
  let admission: Admission
  let metrics: RelayMetrics
  /// Of connections that are ended because something took too long.
  let turns: BackgroundTurns
  /// Fields and body of the answer to what is not HTTP.
  private let refusal: @Sendable () -> (HTTPFields, ByteBuffer)
  private let http1: HTTP1Channel
  private let http2: HTTP2Channel
  /// The library's own messages carry requests' data: only ours are let through.
  private let silent: Logger

  init(
    responder: @escaping HTTPChannelHandler.Responder, limits: RelayLimits,
    certificate: ServerCertificate?, admission: Admission, metrics: RelayMetrics,
    turns: BackgroundTurns, refusal: @escaping @Sendable () -> (HTTPFields, ByteBuffer)
  ) {
    self.turns = turns
    self.refusal = refusal
    self.limits = limits
    self.certificate = certificate
    self.admission = admission
    self.metrics = metrics
    var streams = HTTP1Channel.Configuration(
      idleTimeout: .seconds(limits.idleSeconds),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: 100))
    streams.additionalChannelHandlers = { [BodyGatherer()] }
    var alone = streams
    alone.additionalChannelHandlers = { [HeaderDeadline.Witness(), BodyGatherer()] }
    http1 = HTTP1Channel(responder: responder, configuration: alone)
    var connections = HTTP2ChannelConfiguration(streamConfiguration: streams)
    // Assigned: the initialiser loses one of its arguments.
    connections.idleTimeout = .seconds(limits.idleSeconds)
    http2 = HTTP2Channel(responder: responder, configuration: connections)
    var silent = Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }
    silent.logLevel = .critical
    self.silent = silent
  }

  /// Takes a connection in, which is prepared once it says something, and handled once it is known what it speaks.
  func begin(_ channel: any Channel, _ connections: Connections) -> EventLoopFuture<Void> {
    // Every connection keeps one of these, however long it rests; it grows with what comes.
    try? channel.syncOptions?.setOption(
      .recvAllocator,
      value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 64 << 10))
    guard admission.admit(channel) else {
      channel.close(promise: nil)
      return channel.eventLoop.makeSucceededVoidFuture()
    }
    TCPOptions.set(on: channel, writeSeconds: limits.writeSeconds)
    let limit = certificate == nil ? limits.headerMilliseconds : limits.handshakeMilliseconds
    return channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(
        FirstBytes(min(.milliseconds(limit), .seconds(limits.idleSeconds)), turns) {
          [metrics, certificate] in
          metrics.count(certificate == nil ? .headerTime : .handshakeTime)
        } prepare: { [self] channel, began in
          prepare(channel, since: began, connections)
        })
    }
  }

  private func prepare(
    _ channel: any Channel, since began: NIODeadline, _ connections: Connections
  ) -> EventLoopFuture<Void> {
    guard let certificate else {
      return setupHTTP1(channel, since: began).map { handle(.http1_1($0), channel, connections) }
    }
    return channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers([
        NIOSSLServerHandler(context: certificate.context),
        HandshakeDeadline(began + .milliseconds(limits.handshakeMilliseconds), turns) {
          [metrics] in metrics.count(.handshakeTime)
        },
      ])
      let protocols = NIOTypedApplicationProtocolNegotiationHandler<Protocols> {
        [self] result, channel in
        switch result {
        case .negotiated("h2"): setupHTTP2(channel).map { .http2($0) }
        case .negotiated, .fallback: setupHTTP1(channel, since: nil).map { .http1_1($0) }
        }
      }
      try pipeline.addHandler(protocols)
      // One whose handshake fails has nothing to be handled.
      protocols.protocolNegotiationResult.whenSuccess { handle($0, channel, connections) }
    }
  }

  private func handle(_ value: Protocols, _ channel: any Channel, _ connections: Connections) {
    switch value {
    case .http1_1(let value):
      connections.handle(channel) { [http1, silent] in
        await http1.handle(value: value, logger: silent)
      }
    case .http2(let value):
      connections.handle(channel) { [http2, silent] in
        await http2.handle(value: value, logger: silent)
        // The library takes streams that are dropped open for a programmer's mistake: what was negotiated
        // is kept until the connection has ended. (The only failure is that it had ended before.)
        try? await channel.close()
        withExtendedLifetime(value) {}
      }
    }
  }

  private func setupHTTP2(
    _ channel: any Channel
  ) -> EventLoopFuture<HTTP2Channel.Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(
        HTTP2Deadline(.milliseconds(limits.headerMilliseconds), turns) { [metrics] in
          metrics.count(.headerTime)
        })
    }.flatMap { http2.setup(channel: channel, logger: silent) }.map { [limits] value in
      // What was set up is kept: this fails only where the connection has ended.
      let pipeline = channel.pipeline.syncOperations
      if let frames = try? pipeline.handler(type: NIOHTTP2Handler.self) {
        try? pipeline.addHandler(
          GoAwayDeadline(.seconds(Int64(limits.writeSeconds))), position: .after(frames))
      }
      return value
    }.always { [limits] _ in
      // RFC 9113 §6.5.2. The library begins with 100, and a client who never acknowledges this has them:
      // requests of one connection are counted as well.
      let most = HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams)
      channel.writeAndFlush(
        HTTP2Frame(streamID: .rootStream, payload: .settings(.settings([most]))), promise: nil)
    }
  }

  /// - Parameter began: When the time for the header fields began; nil where it begins now.
  private func setupHTTP1(
    _ channel: any Channel, since began: NIODeadline?
  ) -> EventLoopFuture<HTTP1Channel.Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(
        HeaderDeadline(.milliseconds(limits.headerMilliseconds), since: began, turns) { [metrics] in
          metrics.count(.headerTime)
        })
    }.flatMap { http1.setup(channel: channel, logger: silent) }.flatMapThrowing { [refusal] value in
      let pipeline = channel.pipeline.syncOperations
      let decoded = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self).handler
      try pipeline.addHandler(HTTP1Rules(refusal), position: .before(decoded))
      return value
    }
  }
}
