// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Synchronization

/// What waits for the writer: bounded in all and for each token, filled by many, emptied by one thread.
final class WriterQueue: @unchecked Sendable {
  // Safe to share: `jobs`, `waiting` and `isClosed` are touched under the condition's lock alone.
  static let capacity = 4_096
  /// For those who show one token, which are the members of a channel.
  static let capacityPerToken = 64
  static let batchJobs = 256
  static let batchBytes = 4 << 20

  private let condition = MonotonicCondition()
  private var jobs: [WriterJob] = []
  private var waiting: [TokenHash: Int] = [:]
  private var isClosed = false

  /// False when it is full or closed; then the job was not taken.
  func add(_ job: WriterJob) -> Bool {
    condition.withLock {
      guard !isClosed, jobs.count < Self.capacity else { return false }
      if let token = job.token {
        let own = waiting[token, default: 0]
        guard own < Self.capacityPerToken else { return false }
        waiting[token] = own + 1
      }
      jobs.append(job)
      condition.signal()
      return true
    }
  }

  /// Waits for the next batch, for at most so many milliseconds; then it is empty. Nil once the queue is
  /// closed and empty.
  func next(waiting milliseconds: Int64 = .max) -> [WriterJob]? {
    let (sum, isEndless) = MonotonicCondition.now().addingReportingOverflow(milliseconds)
    let end = isEndless ? nil : sum
    return condition.withLock {
      while jobs.isEmpty {
        if isClosed { return nil }
        guard condition.wait(until: end) else {
          return jobs.isEmpty && isClosed ? nil : takeBatch()
        }
      }
      return takeBatch()
    }
  }

  private func takeBatch() -> [WriterJob] {
    var count = 0
    var bytes = 0
    for job in jobs.prefix(Self.batchJobs) {
      if count > 0, bytes + job.cost > Self.batchBytes { break }
      bytes += job.cost
      count += 1
    }
    let batch = Array(jobs.prefix(count))
    jobs.removeFirst(count)
    for case let token? in batch.map(\.token) {
      let left = waiting[token, default: 1] - 1
      waiting[token] = left > 0 ? left : nil
    }
    return batch
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  var count: Int { condition.withLock { jobs.count } }
}
