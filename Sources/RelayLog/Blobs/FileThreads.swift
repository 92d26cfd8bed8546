// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A few threads for what waits for files: a disk that is busy must not hold up connections.
package final class FileThreads: Sendable {
  private let queue: OperationQueue

  package init(count: Int = 4) {
    queue = OperationQueue()
    queue.name = "alcove-files"
    queue.maxConcurrentOperationCount = count
  }

  /// Runs `body` to its end, also when whoever waits is cancelled.
  package func run<Answer: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let result: Result<Answer, Failure> = await withCheckedContinuation { waiting in
      queue.addOperation {
        waiting.resume(returning: Result { () throws(Failure) in try body() })
      }
    }
    return try result.get()
  }
}
