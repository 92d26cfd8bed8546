// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// When the sweeper hears of files whose rows were deleted.
@Suite struct ReleasedFilesTests {
  @Test(arguments: [Database.TransactionCompletion.commit, .rollback])
  func `the sweeper hears of a file when its row is gone for everybody`(
    _ completion: Database.TransactionCompletion
  ) async throws {
    let place = try TemporaryStore()
    let released = ReleasedFiles()
    released.begin()
    let name = PartName(checked: place.random.bytes(32))
    try place.open().stop()
    let queue = try SQLiteRelayStore.open(place.path)
    try await queue.writeWithoutTransaction { database in
      let memory = WriterMemory(
        .unhurried, MovedSurroundings(day: 20_000).surroundings, isRecovering: false,
        released: released)
      try memory.inTransaction(database) {
        memory.release([name])
        #expect(released.next(until: 0)?.isEmpty == true)
        return completion
      }
      #expect(released.next(until: 0) == (completion == .commit ? [name] : []))
      // Told once.
      try memory.inTransaction(database) { .commit }
      #expect(released.next(until: 0)?.isEmpty == true)
      #expect(throws: CancellationError.self) {
        try memory.inTransaction(database) {
          memory.release([name])
          throw CancellationError()
        }
      }
      try memory.inTransaction(database) { .commit }
      #expect(released.next(until: 0)?.isEmpty == true)
    }
    try queue.close()
  }
}
