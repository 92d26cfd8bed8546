// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore

/// The connections of a process to its relays, kept alive and shared by all ``RelayClient``s.
public final class RelayTransport: Sendable {
  /// The one of this process. A process that ends needs no ``shutdown()``.
  public static let shared = RelayTransport()

  let patience: RelayPatience
  let http: HTTPClient

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

  /// Ends all connections; every later call is ``RelayError/unreachable``.
  public func shutdown() async {
    // The only failure is that it had been shut down before.
    try? await http.shutdown()
  }
}
