// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore

/// Answers the requests of a connection on the thread that reads and writes it.
///
/// Nothing of ours blocks there: the store has threads of its own. Tasks on the common pool would cross
/// threads four times for each request, which costs more than all that is done for it.
struct OnEventLoop<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    base.setup(channel: channel, logger: logger)
  }

  func handle(value: Base.Value, logger: Logger) async {
    await withTaskExecutorPreference(Tasks(loop: value.channel.eventLoop)) {
      await base.handle(value: value, logger: logger)
    }
  }

  /// Runs the pieces of tasks on an event loop, each in its turn.
  private final class Tasks: TaskExecutor {
    private let loop: any EventLoop

    init(loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      // Safe: the closure runs once, and holds the executor for as long.
      loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }
}
