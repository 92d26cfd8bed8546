// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Runs the pieces of tasks on an event loop, each in its turn.
final class EventLoopTasks: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // Safe: the closure runs once, and holds the executor for as long.
    loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
