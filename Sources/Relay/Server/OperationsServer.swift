// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Health and metrics, for the operator's machine alone.
///
/// `/livez` says that the process answers, `/readyz` which of its named checks hold and for 15 minutes after
/// a restore that it recovers, `/metrics` what has been counted.
package struct OperationsServer: Service {
  private let place: RelaySettings.Place
  private let checks: ReadinessChecks
  private let metrics: RelayMetrics
  private let onReady: @Sendable (Int) -> Void

  /// - Parameter onReady: called with the port once requests are taken.
  package init(
    place: RelaySettings.Place, checks: ReadinessChecks, metrics: RelayMetrics,
    onReady: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.place = place
    self.checks = checks
    self.metrics = metrics
    self.onReady = onReady
  }

  package func run() async throws {
    var silent = Logger(label: "operations") { _ in SwiftLogNoOpLogHandler() }
    silent.logLevel = .critical
    let application = Application(
      responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
        await answer(request)
      },
      server: HTTPServerBuilder { respond in
        HTTP1Channel(
          responder: respond,
          configuration: HTTP1Channel.Configuration(
            idleTimeout: .seconds(30),
            httpDecoderConfiguration: .init(
              maxHeaderFieldSize: 8_192, maxHeaderListSize: 8_192, maxHeaderFieldCount: 50)))
      },
      configuration: ApplicationConfiguration(address: place.bindAddress, backlog: 64),
      onServerRunning: { [onReady, place] channel in
        // Who is not let in finds out, and the place of clients tells of it.
        _ = place.letIn()
        onReady(channel.localAddress?.port ?? 0)
      },
      logger: silent)
    try await application.run()
  }

  private func answer(_ request: Request) async -> Response {
    guard request.method == .get else { return Self.text("no\n", .methodNotAllowed) }
    switch request.uri.path {
    case "/livez": return Self.text("ok\n", .ok)
    case "/readyz":
      let found = await checks.run()
      var lines = found.map { "\($0.check.rawValue) \($0.holds ? "ok" : "failed")\n" }
      if checks.isRecovering { lines.append("recovering yes\n") }
      return Self.text(
        lines.joined(), found.allSatisfy(\.holds) ? .ok : .serviceUnavailable)
    case "/metrics":
      return Self.text(metrics.exposition(), .ok, type: "text/plain; version=0.0.4")
    default: return Self.text("no\n", .notFound)
    }
  }

  private static func text(
    _ text: String, _ status: HTTPResponse.Status, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
