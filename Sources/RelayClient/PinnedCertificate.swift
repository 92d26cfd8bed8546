// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL
import RelayProtocol
import Synchronization

/// Fetches the certificate that a relay's pin names.
///
/// A relay sends the certificate of its authority with its own. One connection reads the chain and ends
/// before the handshake does, so that nothing but a ClientHello has left. Whoever answered need not be
/// the relay: a certificate is public, and only one with the pinned fingerprint is taken. That
/// the relay holds the key is verified on every connection that is made afterwards.
enum PinnedCertificate {
  private enum Finding: Sendable {
    case nothing
    case noTLS
    case otherChain
    case found(NIOSSLCertificate)
  }

  /// - Throws: ``CallFailure/wrongPin`` when no certificate of the chain has that fingerprint.
  static func fetch(
    _ pin: RelayPin, from address: RelayAddress, within limit: TimeAmount
  ) async throws(CallFailure) -> NIOSSLCertificate {
    let finding = Reference(Finding.nothing)
    do {
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.minimumTLSVersion = .tlsv13
      let context = try NIOSSLContext(configuration: configuration)
      let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connectTimeout(limit)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let handler = try NIOSSLClientHandler(
              context: context, serverHostname: address.isLiteral ? nil : address.host,
              customVerificationCallback: { chain, promise in
                finding.set(Self.look(for: pin, in: chain))
                promise.succeed(.failed)
              })
            try channel.pipeline.syncOperations.addHandlers([handler, Closer(finding)])
          }
        }
        .connect(host: address.host, port: address.port).get()
      let deadline = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
      try await channel.closeFuture.get()
      deadline.cancel()
    } catch {
      throw CallFailure(error, requestLeft: false)
    }
    switch finding.get() {
    case .found(let certificate): return certificate
    case .otherChain: throw .wrongPin
    case .noTLS: throw .untrusted
    case .nothing: throw .notSent
    }
  }

  private static func look(for pin: RelayPin, in chain: [NIOSSLCertificate]) -> Finding {
    for certificate in chain {
      if let bytes = try? certificate.toDERBytes(), RelayPin(certificate: bytes) == pin {
        return .found(certificate)
      }
    }
    return .otherChain
  }

  private final class Reference<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func get() -> Value { value.withLock { $0 } }
    func set(_ new: Value) { value.withLock { $0 = new } }
  }

  /// Ends the connection with its first error, which the refused handshake always is.
  private final class Closer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let finding: Reference<Finding>

    init(_ finding: Reference<Finding>) { self.finding = finding }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if case .nothing = finding.get(),
        case .untrusted = CallFailure(error, requestLeft: false)
      {
        finding.set(.noTLS)
      }
      context.close(promise: nil)
    }
  }
}

extension RelayAddress {
  /// Whether the host is an IP address, which a ClientHello does not name.
  fileprivate var isLiteral: Bool {
    (try? SocketAddress(ipAddress: host, port: 0)) != nil
  }
}
