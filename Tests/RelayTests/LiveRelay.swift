// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Postage
import Primitives
import RelayLog
import RelayProtocol
import ServiceLifecycle
import Synchronization
import Testing

@testable import Relay

/// A relay in this process, on a port of its own.
struct LiveRelay {
  let port: Int
  let store: SQLiteRelayStore
  let metrics: RelayMetrics
  let server: RelayServer
  private let group: ServiceGroup
  /// What it says that it is.
  static let identity = Ed25519.generate(SeededRandom(seed: 7)).privateKey

  /// Begins the graceful end; `withRelay` waits for it.
  func shutDown() async { await group.triggerGracefulShutdown() }

  /// Serves while `body` runs, then ends gracefully.
  static func run<Answer: Sendable>(
    _ limits: RelayLimits = RelayLimits(), certificate: ServerCertificate? = nil,
    postage: [PostageKey]? = nil, policy: StorePolicy? = nil, surroundings: Surroundings? = nil,
    serving: @Sendable (SQLiteRelayStore) -> any RelayStore = { $0 },
    _ body: @Sendable @escaping (LiveRelay) async throws -> Answer
  ) async throws -> Answer {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "alcove-relay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "relay.sqlite").path
    let store = try SQLiteRelayStore(
      path: path, opening: .creating,
      policy: policy
        ?? StorePolicy(
          appendsPerSecond: 1_000_000, appendBurst: 1_000_000, requiresPostage: postage != nil),
      surroundings: surroundings ?? Surroundings(at: path, clock: { 1_700_000_000 }),
      onFailure: { _ in })
    defer { store.stop() }
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
    let metrics = RelayMetrics()
    let server = RelayServer(
      store: serving(store),
      settings: RelaySettings(
        place: .network(host: "127.0.0.1", port: 0), certificate: certificate, limits: limits),
      identity: identity, postage: postage ?? [], clock: { 1_700_000_000 }, metrics: metrics,
      logger: silent,
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
          try await body(
            LiveRelay(
              port: port, store: store, metrics: metrics, server: server, group: group)))
      } catch {
        result = .failure(error)
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return try result.get()
    }
  }

  /// One request on a connection of its own; an answer that is not described is a finding.
  func ask(_ request: RawRequest) async throws -> RawResponse {
    let answer = try await RawConnection.open(port) { try await $0.ask(request) }
    let path = request.path.prefix { $0 != "?" }
    if let route = RelayRoute(rawValue: "\(request.method) \(path)"),
      answer["alcove-incarnation"] != nil
    {
      let described = route.successes + route.problems.map(\.status)
      #expect(described.contains(answer.status), "\(route.rawValue): \(answer.status)")
      let problem = answer.problem
      #expect(problem == nil || route.problems.contains { $0.rawValue == problem })
    }
    return answer
  }
}
