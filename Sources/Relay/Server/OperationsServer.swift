// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import RelayLog
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
  private let date = HTTPDate()
  /// What is asked for may wait for the disk, and connections of clients share the threads of this one.
  private let threads = FileThreads(count: 1)

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
    let silent = Logger(label: "operations") { _ in SwiftLogNoOpLogHandler() }
    let http = HTTP1Channel(
      responder: { request, writer, _ in try await writer.write(await answer(request)) },
      configuration: HTTP1Channel.Configuration(
        idleTimeout: .seconds(30),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 8_192, maxHeaderListSize: 8_192, maxHeaderFieldCount: 50)))
    let listener = try await Listener(at: place) { channel, connections in
      http.setup(channel: channel, logger: silent).map { value in
        connections.handle(channel) { await http.handle(value: value, logger: silent) }
      }
    }
    // Who is not let in finds out, and the place of clients tells of it.
    _ = place.letIn()
    onReady(listener.channel.localAddress?.port ?? 0)
    try await listener.serve()
  }

  private func answer(_ request: Request) async -> Response {
    switch request.method {
    case .get: return await answer(to: request)
    // RFC 9110 §9.3.2: the same without the body, which would be taken for the next answer.
    case .head: return await answer(to: request).createHeadResponse()
    default:
      var refusal = text("no\n", .methodNotAllowed)
      refusal.headers[.allow] = "GET, HEAD"  // §15.5.6
      return refusal
    }
  }

  private func answer(to request: Request) async -> Response {
    switch request.uri.path {
    case "/livez": return text("ok\n", .ok)
    case "/readyz":
      let found = await checks.run()
      var lines = found.map { "\($0.check.rawValue) \($0.holds ? "ok" : "failed")\n" }
      if checks.isRecovering { lines.append("recovering yes\n") }
      return text(
        lines.joined(), found.allSatisfy(\.holds) ? .ok : .serviceUnavailable)
    case "/metrics":
      let shown = await threads.run { [metrics] in metrics.exposition() }
      return text(shown, .ok, type: "text/plain; version=0.0.4")
    default: return text("no\n", .notFound)
    }
  }

  private func text(
    _ text: String, _ status: HTTPResponse.Status, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status,
      headers: [
        .contentType: type, .cacheControl: "no-store",
        .date: date.text(at: Int64(Date.now.timeIntervalSince1970)),
      ],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
