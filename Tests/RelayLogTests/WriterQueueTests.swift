// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol
import Testing

@testable import RelayLog

/// What one commit takes of what waits, and who writes at all.
@Suite struct WriterQueueTests {
  private static func job(_ cost: Int) -> WriterJob {
    WriterJob(
      perform: { _, _ in WriterJob.Outcome(result: .success(nil)) }, token: nil, cost: cost,
      answer: { _ in })
  }

  @Test func `a commit takes at most 256 jobs`() {
    let queue = WriterQueue()
    for _ in 0..<600 { #expect(queue.add(Self.job(1_024))) }
    #expect(queue.next()?.count == 256)
    #expect(queue.count == 344)
    #expect(queue.next()?.count == 256)
    #expect(queue.next()?.count == 88)
    #expect(queue.count == 0)
  }

  @Test func `a commit takes at most 4 MiB, and what is larger alone`() {
    let queue = WriterQueue()
    let mebibyte = 1 << 20
    let batches = [
      // Exactly so much, then one byte more than there is room for.
      [mebibyte, mebibyte, mebibyte, mebibyte], [1], [4 * mebibyte], [1], [5 * mebibyte],
      [1, mebibyte],
    ]
    for cost in batches.joined() { #expect(queue.add(Self.job(cost))) }
    // In their order: what would still fit does not overtake.
    for batch in batches { #expect(queue.next()?.map(\.cost) == batch) }
    #expect(queue.count == 0)
  }

  @Test func `who reads cannot write`() throws {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    let reader = try SQLiteRelayStore.openReader(place.path)
    defer { try? reader.close() }
    // Both: one is of the file as it was opened, the other of the connection.
    let isQueryOnly = try reader.inDatabase { try Int.fetchOne($0, sql: "PRAGMA query_only") }
    #expect(reader.configuration.readonly && isQueryOnly == 1)
    let refused = #expect(throws: DatabaseError.self) {
      try reader.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM relay") }
    }
    #expect(refused?.resultCode == .SQLITE_READONLY)
    let left = try reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM relay") }
    #expect(try #require(left) > 0)
  }
}
