// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Relay
import RelayLog
import RelayProtocol
import ServiceLifecycle
import Synchronization

/// A relay in this process, on a port of its own.
struct LiveRelay {
  let port: Int
  let store: SQLiteRelayStore
  private let group: ServiceGroup

  /// Begins the graceful end; `withRelay` waits for it.
  func shutDown() async { await group.triggerGracefulShutdown() }

  /// Serves while `body` runs, then ends gracefully.
  static func run<Answer: Sendable>(
    _ limits: RelayLimits = RelayLimits(),
    _ body: @Sendable @escaping (LiveRelay) async throws -> Answer
  ) async throws -> Answer {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "alcove-relay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try SQLiteRelayStore(
      path: folder.appending(path: "relay.sqlite").path, opening: .creating,
      clock: { 1_700_000_000 }, onFailure: {})
    defer { store.stop() }
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
    let server = RelayServer(
      store: store, settings: RelaySettings(port: 0, limits: limits),
      identity: [UInt8](repeating: 7, count: 32), clock: { 1_700_000_000 }, logger: silent,
      onReady: { ready.yield($0) })
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: server)], logger: silent))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      guard let port = await iterator.next() else { throw RawError.noAnswer }
      let result: Result<Answer, any Error>
      do {
        result = .success(
          try await body(LiveRelay(port: port, store: store, group: group)))
      } catch {
        result = .failure(error)
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return try result.get()
    }
  }

  /// One request on a connection of its own.
  func ask(_ request: RawRequest) async throws -> RawResponse {
    try await RawConnection.open(port) { try await $0.ask(request) }
  }
}
