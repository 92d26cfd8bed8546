// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NIOCore
import Synchronization

/// The connections of a ``Listener`` that are open, and the tasks that handle them.
final class Connections: Sendable {
  private let open = Mutex<[ObjectIdentifier: any Channel]>([:])
  /// Entered by each channel and each task, and left when it ends.
  private let running = DispatchGroup()

  /// Knows a channel until it is closed.
  func add(_ channel: any Channel) {
    running.enter()
    open.withLock { $0[ObjectIdentifier(channel)] = channel }
    channel.closeFuture.whenComplete { [self] _ in
      open.withLock { $0[ObjectIdentifier(channel)] = nil }
      // Behind all others that wait for its end: whoever waits for the last connection finds what they did.
      channel.eventLoop.execute { [running] in running.leave() }
    }
  }

  /// Handles a connection on its own thread. The library takes one that is dropped and not handled for
  /// a programmer's mistake, which ends the process: so this begins as soon as there is something to handle.
  func handle(_ channel: any Channel, _ body: @escaping @Sendable () async -> Void) {
    running.enter()
    _ = Task(executorPreference: EventLoopTasks(channel.eventLoop)) { [running] in
      await body()
      running.leave()
    }
  }

  /// Closes all that are open, whatever they are at.
  func closeAll() {
    for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }

  /// Waits until none is open and no task runs.
  func waitForTheLast() async {
    await withCheckedContinuation { continuation in
      running.notify(queue: .global()) { continuation.resume() }
    }
  }
}
