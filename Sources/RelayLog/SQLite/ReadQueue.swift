// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Synchronization

/// One connection that reads, and the reads that wait for it: those that wait together share a snapshot,
/// as appends share a commit. When an envelope wakes thousands of followers, this is most of the work.
final class ReadQueue: Sendable {
  private typealias Read = @Sendable (Result<Database, any Error>) -> Void

  private struct State {
    var waiting: [Read] = []
    var isReading = false
  }

  /// How many share a snapshot: as long as one is held, the log cannot be reset.
  private static let most = 64
  private let database: DatabaseQueue
  private let state = Mutex(State())

  init(_ database: DatabaseQueue) { self.database = database }

  func close() throws { try database.close() }

  /// What `body` makes of a snapshot that is taken after this call.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let goesFirst = state.withLock { state in
        state.waiting.append { database in
          continuation.resume(with: Result { try body(try database.get()) })
        }
        defer { state.isReading = true }
        return !state.isReading
      }
      if goesFirst { readNext() }
    }
  }

  /// Those who wait are taken before the snapshot is: none is shown less than there was when it asked.
  private func readNext() {
    let reads = state.withLock { state in
      let reads = state.waiting.prefix(Self.most)
      state.waiting.removeFirst(reads.count)
      state.isReading = !reads.isEmpty
      return reads
    }
    guard !reads.isEmpty else { return }
    database.asyncRead { [self] database in
      for read in reads { read(database) }
      readNext()
    }
  }
}
