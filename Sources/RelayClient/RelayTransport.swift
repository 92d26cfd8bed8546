// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOSSL
import RelayProtocol
import Synchronization

/// The connections of a process to its relays, kept alive and shared by all ``RelayClient``s.
public final class RelayTransport: Sendable {
  /// The one of this process. A process that ends needs no ``shutdown()``.
  public static let shared = RelayTransport()

  let patience: RelayPatience
  let http: HTTPClient
  /// How each relay is to be recognised, once that is known.
  private let known = Mutex<[RelayAddress: TLSConfiguration]>([:])

  /// A transport of its own, which must be shut down before it goes away.
  public init(patience: RelayPatience = RelayPatience()) {
    self.patience = patience
    var configuration = HTTPClient.Configuration()
    // A relay never redirects: a token must not follow anybody to another address.
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = TimeAmount(patience.connect)
    configuration.timeout.read = TimeAmount(patience.silence)
    configuration.timeout.write = TimeAmount(patience.silence)
    // Shorter than a relay's own limit, so that a request seldom meets a connection that just ends.
    configuration.connectionPool.idleTimeout = .seconds(15)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    // A refused connection is an answer: the message stays in the outbox and the command goes on.
    configuration.connectionPool.retryConnectionEstablishment = false
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// What a connection to `address` must show; nil for plain HTTP.
  ///
  /// Every connection is then verified by BoringSSL against either the system's authorities or, for an
  /// address with a pin, that one certificate and no other.
  func security(of address: RelayAddress) async throws(CallFailure) -> TLSConfiguration? {
    guard address.scheme == .https else { return nil }
    if let known = known.withLock({ $0[address] }) { return known }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    if let pin = address.pin {
      let root = try await PinnedCertificate.fetch(
        pin, from: address, within: TimeAmount(patience.connect))
      configuration.trustRoots = .certificates([root])
    }
    known.withLock { $0[address] = configuration }
    return configuration
  }

  /// Ends all connections; every later call is ``RelayError/unreachable``.
  public func shutdown() async {
    // The only failure is that it had been shut down before.
    try? await http.shutdown()
  }
}
