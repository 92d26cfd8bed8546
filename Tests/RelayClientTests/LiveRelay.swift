// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Primitives
import Relay
import RelayClient
import RelayLog
import RelayProtocol

/// A relay in this process, on a port of its own, with its store on the disk.
enum LiveRelay {
  struct NotListening: Error {}

  /// Serves while `body` runs, and gives it a client.
  static func run<Answer>(
    _ limits: RelayLimits = RelayLimits(),
    patience adjust: (inout RelayPatience) -> Void = { _ in },
    _ body: (RelayClient) async throws -> Answer
  ) async throws -> Answer {
    try await serve(RelaySettings(port: 0, limits: limits)) { port in
      try await withClient(of: RelayAddress("http://127.0.0.1:\(port)"), patience: adjust, body)
    }
  }

  /// Gives `body` a client that waits for as long as a busy machine needs.
  static func withClient<Answer>(
    of address: RelayAddress, patience adjust: (inout RelayPatience) -> Void = { _ in },
    _ body: (RelayClient) async throws -> Answer
  ) async throws -> Answer {
    try await ClientFixture.withClient(
      of: address,
      patience: {
        $0.connect = .seconds(10)
        $0.answer = .seconds(20)
        $0.silence = .seconds(20)
        adjust(&$0)
      }, body)
  }

  /// Serves a new store while `body` runs, and gives it the port.
  static func serve<Answer>(
    _ settings: RelaySettings, _ metrics: RelayMetrics = RelayMetrics(),
    _ body: (Int) async throws -> Answer
  ) async throws -> Answer {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "alcove-client-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try SQLiteRelayStore(
      path: folder.appending(path: "relay.sqlite").path, opening: .creating,
      policy: StorePolicy(appendsPerSecond: 1_000_000, appendBurst: 1_000_000),
      clock: { 1_700_000_000 }, onFailure: { _ in })
    defer { store.stop() }
    return try await serve(settings, store, metrics, body)
  }

  /// Serves `store` while `body` runs, and gives it the port.
  static func serve<Answer>(
    _ settings: RelaySettings, _ store: SQLiteRelayStore, _ metrics: RelayMetrics = RelayMetrics(),
    _ body: (Int) async throws -> Answer
  ) async throws -> Answer {
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    let server = RelayServer(
      store: store, settings: settings,
      identity: Ed25519.generate(SeededRandom(seed: 7)).privateKey, clock: { 1_700_000_000 },
      metrics: metrics, logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() },
      onReady: { ready.yield($0) })
    let serving = Task { try await server.run() }
    defer { serving.cancel() }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else { throw NotListening() }
    return try await body(port)
  }
}
