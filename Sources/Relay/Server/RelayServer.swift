// SPDX-License-Identifier: Apache-2.0

package import Logging
import NIOCore
package import Postage
package import Primitives
package import RelayLog
import RelayProtocol
import ServiceLifecycle

/// The relay as a service: it listens until it is told to go down, and then finishes what it took.
package struct RelayServer: Service {
  let settings: RelaySettings
  private let responder: RelayResponder
  let drain: Drain
  private let admission: Admission
  private let logger: Logger
  private let onReady: @Sendable (Int) -> Void

  /// - Parameter postage: The keys under which postage is taken, if the store takes any, current first.
  /// - Parameter onReady: called with the port once requests are taken.
  package init(
    store: any RelayStore, settings: RelaySettings, identity: Ed25519PrivateKey,
    postage: [PostageKey] = [],
    clock: @escaping @Sendable () -> Int64, metrics: RelayMetrics = RelayMetrics(),
    logger: Logger,
    onReady: @escaping @Sendable (Int) -> Void
  ) {
    self.settings = settings
    self.logger = logger
    self.onReady = onReady
    drain = Drain()
    admission = Admission(settings.limits, metrics: metrics)
    responder = RelayResponder(
      store: store, limits: settings.limits, identity: identity,
      postage: PostageKeys(postage, identity: identity.publicKey), clock: clock, drain: drain,
      admission: admission, metrics: metrics, logger: logger)
  }

  package func run() async throws {
    let channel = RelayChannel(
      responder: { [responder] in try await responder.respond($0, $1, $2) },
      limits: settings.limits, certificate: settings.certificate,
      admission: admission, metrics: responder.metrics, turns: responder.endTurns,
      refusal: responder.refuseWhatIsNotHTTP)
    let listener = try await Listener(at: settings.place) { channel.begin($0, $1) }
    if !settings.place.letIn() { RelayEvent.internalError.log(to: logger) }
    RelayEvent.started.log(to: logger)
    onReady(listener.channel.localAddress?.port ?? 0)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { [responder] in await responder.deadlines.watch() }
      // Also where nobody has asked for it: whoever waits for an envelope is told, and lets go.
      listener.channel.closeFuture.whenComplete { [drain] _ in drain.begin() }
      try await withGracefulShutdownHandler {
        try await listener.serve()
      } onGracefulShutdown: { [drain, logger, followers = responder.metrics.followers] in
        RelayEvent.draining.log(to: logger)
        drain.begin(followers: RelayMetrics.rounded(followers.current))
      }
      tasks.cancelAll()
    }
    RelayEvent.drained(followers: drain.followers, milliseconds: drain.milliseconds).log(to: logger)
  }
}
