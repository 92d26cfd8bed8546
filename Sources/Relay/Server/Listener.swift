// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOExtras
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Takes connections, and knows when the last of them has ended.
///
/// Each is handled by a task of its own on the thread that reads and writes it: tasks on the common pool
/// would cross threads four times for each request, which costs more than all that is done for it. Nothing
/// of ours blocks there: the store has threads of its own. And they belong to no task group, as they would
/// in the library's own server: a group looks through all its tasks for the one that ends, so that one
/// short connection beside 10,000 resting ones would cost a tenth of a millisecond.
final class Listener: Sendable {
  /// It takes no connections any more, and nobody has told it to.
  struct Failed: Error {}

  /// The channel that accepts.
  let channel: any Channel
  private let quiescing: ServerQuiescingHelper
  private let connections = Connections()
  private let isClosing = Atomic(false)

  /// Listens from now on.
  ///
  /// - Parameter begin: Prepares a connection, and gives the tasks that handle it to the second argument.
  init(
    at place: RelaySettings.Place,
    begin: @escaping @Sendable (any Channel, Connections) -> EventLoopFuture<Void>
  ) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let quiescing = ServerQuiescingHelper(group: group)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4_096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: AcceptPace.atOnce)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
          try pipeline.addHandler(AcceptPace())
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [connections] channel in
        connections.add(channel)
        return begin(channel, connections)
      }
    channel =
      switch place {
      case .network(let host, let port): try await bootstrap.bind(host: host, port: port).get()
      case .socket(let path, _):
        try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
      }
    self.quiescing = quiescing
    connections.add(channel)
  }

  /// Takes no more connections and ends those that rest; the others end with what they are at. False when it
  /// was closed before.
  private func close() -> Bool {
    guard !isClosing.exchange(true, ordering: .relaxed) else { return false }
    quiescing.initiateShutdown(promise: nil)
    return true
  }

  /// Ends all connections, a moment after this: whoever follows is told why first.
  private func closeAllSoon() {
    channel.eventLoop.scheduleTask(in: .milliseconds(500)) { [connections] in
      connections.closeAll()
    }
  }

  /// Waits until it is closed, by the shutdown of its service, and the last connection has ended. When the
  /// task is cancelled, as the time for a graceful end is over or another service has failed, all are ended.
  ///
  /// - Throws: ``Failed`` where nobody has closed it; all connections are ended then.
  func serve() async throws {
    channel.closeFuture.whenComplete { [self] _ in
      if !isClosing.load(ordering: .relaxed) { closeAllSoon() }
    }
    await withGracefulShutdownHandler {
      await withTaskCancellationHandler {
        await connections.waitForTheLast()
      } onCancel: {
        if close() { closeAllSoon() } else { connections.closeAll() }
      }
    } onGracefulShutdown: { [self] in
      _ = close()
    }
    if !isClosing.load(ordering: .relaxed) { throw Failed() }
  }
}
