// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import RelayProtocol
import Synchronization

/// One connection that reads, and the reads that wait for it: those that wait together share a snapshot,
/// as appends share a commit, and those that ask the same share the answer. When an envelope wakes
/// thousands of followers, this is most of the work.
final class ReadQueue: Sendable {
  typealias Asker = @Sendable (Result<[Frame], any Error>) -> Void

  private enum Read {
    case own(@Sendable (Result<Database, any Error>) -> Void)
    case shared(ReadStep)
  }

  private struct State {
    var waiting: [Read] = []
    /// Who asks for each of the steps that wait.
    var askers: [ReadStep: [Asker]] = [:]
    var isReading = false

    /// Whether the caller is the first, and has to begin.
    mutating func add(_ read: Read) -> Bool {
      waiting.append(read)
      defer { isReading = true }
      return !isReading
    }
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
      let goesFirst = state.withLock {
        $0.add(
          .own { database in
            continuation.resume(with: Result { try body(try database.get()) })
          })
      }
      if goesFirst { readNext() }
    }
  }

  /// Calls `asker` with the frames of a snapshot that is taken after this call; read once for all who wait
  /// for the same.
  func frames(_ step: ReadStep, _ asker: @escaping Asker) {
    let goesFirst = state.withLock { state in
      state.askers[step, default: []].append(asker)
      return state.askers[step]?.count == 1 && state.add(.shared(step))
    }
    if goesFirst { readNext() }
  }

  /// Those who wait are taken before the snapshot is: none is shown less than there was when it asked.
  private func readNext() {
    let reads = state.withLock { state in
      let reads = state.waiting.prefix(Self.most)
      state.waiting.removeFirst(reads.count)
      state.isReading = !reads.isEmpty
      return reads.map { read in
        switch read {
        case .own(let read): read
        case .shared(let step):
          Self.answering(step, state.askers.removeValue(forKey: step) ?? [])
        }
      }
    }
    guard !reads.isEmpty else { return }
    database.asyncRead { [self] database in
      for read in reads { read(database) }
      readNext()
    }
  }

  private static func answering(
    _ step: ReadStep, _ askers: [Asker]
  ) -> @Sendable (Result<Database, any Error>) -> Void {
    { database in
      let frames = Result { try step.perform(in: database.get()) }
      for asker in askers { asker(frames) }
    }
  }
}
