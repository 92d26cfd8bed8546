// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NIOCore
import NIOExtras
import NIOPosix

/// Takes connections, and knows when the last of them has ended.
///
/// Each is handled by a task of its own on the thread that reads and writes it: tasks on the common pool
/// would cross threads four times for each request, which costs more than all that is done for it. Nothing
/// of ours blocks there: the store has threads of its own. And they belong to no task group, as they would
/// in the library's own server: a group looks through all its tasks for the one that ends, so that one
/// short connection beside 10,000 resting ones would cost a tenth of a millisecond.
final class Listener: Sendable {
  /// The channel that accepts.
  let channel: any Channel
  private let quiescing: ServerQuiescingHelper
  /// Entered by what is accepted until all of that is closed, and by each task.
  private let running: DispatchGroup

  /// Listens from now on.
  ///
  /// - Parameter begin: Prepares a connection, and gives the tasks that handle it to `Tasks`.
  init(
    at place: RelaySettings.Place,
    begin: @escaping @Sendable (any Channel, Tasks) -> EventLoopFuture<Void>
  ) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let quiescing = ServerQuiescingHelper(group: group)
    let running = DispatchGroup()
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            quiescing.makeServerChannelHandler(channel: channel))
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { begin($0, Tasks(running: running)) }
    channel =
      switch place {
      case .network(let host, let port): try await bootstrap.bind(host: host, port: port).get()
      case .socket(let path, _):
        try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
      }
    running.enter()
    self.quiescing = quiescing
    self.running = running
  }

  /// Takes no more connections and ends those that rest; the others end with what they are at. Once.
  func close() {
    let closed = channel.eventLoop.makePromise(of: Void.self)
    closed.futureResult.whenComplete { [running] _ in running.leave() }
    quiescing.initiateShutdown(promise: closed)
  }

  /// Waits until it is closed and the last connection has ended.
  func waitUntilClosed() async {
    await withCheckedContinuation { continuation in
      running.notify(queue: .global()) { continuation.resume() }
    }
  }

  struct Tasks: Sendable {
    fileprivate let running: DispatchGroup

    /// Handles a connection on its own thread. The library takes one that is dropped and not handled for
    /// a programmer's mistake, which ends the process: so this begins as soon as there is something to handle.
    func add(_ channel: any Channel, _ body: @escaping @Sendable () async -> Void) {
      running.enter()
      _ = Task(executorPreference: EventLoopTasks(channel.eventLoop)) { [running] in
        await body()
        running.leave()
      }
    }
  }
}
