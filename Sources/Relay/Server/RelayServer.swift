// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
package import Postage
package import Primitives
package import RelayLog
import RelayProtocol
import ServiceLifecycle

/// The relay as a service: it listens until it is told to go down, and then finishes what it took.
package struct RelayServer: Service {
  private let settings: RelaySettings
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
    // Hummingbird's own messages carry requests' data: only ours are let through.
    var silent = Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }
    silent.logLevel = .critical
    let limits = settings.limits
    let application = Application(
      responder: responder,
      server: HTTPServerBuilder { [admission, responder] respond in
        OnEventLoop(
          base: RelayChannel(
            responder: Self.answeringExpectations(respond), limits: limits,
            certificate: settings.certificate, admission: admission, metrics: responder.metrics))
      },
      configuration: ApplicationConfiguration(address: settings.place.bindAddress, backlog: 1_024),
      onServerRunning: { [onReady, logger, place = settings.place] channel in
        if !place.letIn() { RelayEvent.internalError.log(to: logger) }
        RelayEvent.started.log(to: logger)
        onReady(channel.localAddress?.port ?? 0)
      },
      logger: silent)
    try await withGracefulShutdownHandler {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { [responder] in await responder.deadlines.watch() }
        try await application.run()
        tasks.cancelAll()
      }
    } onGracefulShutdown: { [drain, logger, followers = responder.metrics.followers] in
      RelayEvent.draining.log(to: logger)
      drain.begin(followers: RelayMetrics.rounded(followers.current))
    }
    RelayEvent.drained(followers: drain.followers, milliseconds: drain.milliseconds).log(to: logger)
  }

  /// A client that asks before it sends its body is answered: otherwise it waits a second.
  private static func answeringExpectations(
    _ respond: @escaping HTTPChannelHandler.Responder
  ) -> HTTPChannelHandler.Responder {
    { request, writer, channel in
      if request.headers.contains(where: {
        $0.name == .expect && $0.value.lowercased() == "100-continue"
      }) {
        try await writer.writeInformationalHead(.init(status: .continue))
      }
      try await respond(request, writer, channel)
    }
  }
}
