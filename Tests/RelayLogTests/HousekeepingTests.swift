// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// What is cleared away although the disk was full at first.
@Suite struct HousekeepingTests {
  /// Lets no transaction end while the disk is full.
  private final class FullDisk: TransactionObserver {
    var isFull = false
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws {
      if isFull { throw DatabaseError(resultCode: .SQLITE_FULL) }
    }
    func databaseDidCommit(_ database: Database) {}
    func databaseDidRollback(_ database: Database) {}
  }

  /// A channel with an envelope and a blob, in a store that nobody serves.
  private func prepare(_ place: TemporaryStore) async throws -> DatabaseQueue {
    let (store, member) = try await place.channel()
    _ = try await store.append(member.message())
    _ = try await store.blob(BlobID(random: place.random), [member.part(1)], member)
    store.stop()
    return try SQLiteRelayStore.open(place.path)
  }

  private func memory(_ moved: MovedSurroundings) -> WriterMemory {
    WriterMemory(
      .unhurried, moved.surroundings, isRecovering: false, released: ReleasedFiles())
  }

  /// The housekeeping of a store whose only channel has been closed, and is to be emptied.
  private func closing(_ memory: WriterMemory, _ database: Database) throws -> Housekeeping {
    let housekeeping = try Housekeeping(memory, in: database)
    try Housekeeping.close(1, day: 20_000, database)
    memory.toEmpty.append(1)
    return housekeeping
  }

  private static let lists = ["entry", "body", "blob", "part"]
  private func rows(_ database: Database) throws -> [Int] {
    try Self.lists.map { try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") ?? -1 }
  }

  @Test(arguments: [true, false])
  func `what a full disk interrupts is cleared away when there is room`(
    _ isChannel: Bool
  ) async throws {
    let place = try TemporaryStore()
    let queue = try await prepare(place)
    try await queue.writeWithoutTransaction { [self] database in
      let moved = MovedSurroundings(day: 20_000)
      let memory = memory(moved)
      let housekeeping = try Housekeeping(memory, in: database)
      if isChannel {
        try Housekeeping.close(1, day: 20_000, database)
        memory.toEmpty.append(1)
      } else {
        try BlobHousekeeping.takeAway(1, memory, database)
      }
      let disk = FullDisk()
      database.add(transactionObserver: disk, extent: .databaseLifetime)
      disk.isFull = true
      for _ in 0..<3 {
        let error = #expect(throws: DatabaseError.self) { try housekeeping.step(database) }
        #expect(error?.resultCode == .SQLITE_FULL)
      }
      #expect(try rows(database) == [1, 1, 1, 1])
      disk.isFull = false
      for _ in 0..<4 { try housekeeping.step(database) }
      #expect(try rows(database) == (isChannel ? [0, 0, 0, 0] : [1, 1, 1, 0]))
      #expect(!memory.hasLeftovers)
    }
    try queue.close()
  }

  @Test func `a channel is forgotten when nothing of it is left`() async throws {
    let place = try TemporaryStore()
    let queue = try await prepare(place)
    try await queue.writeWithoutTransaction { [self] database in
      let moved = MovedSurroundings(day: 20_000)
      try StoreValues.setHorizon(RetentionHorizon(lastDay: 20_000, day: 20_000), database)
      let memory = memory(moved)
      let housekeeping = try Housekeeping(memory, in: database)
      // Closed long ago, and not on the list of what is to be emptied.
      try database.execute(sql: "UPDATE channel SET state = 1, expires = 19000")
      for _ in 0..<2 {
        moved.moveClock(days: 1)
        memory.beginRound()
        for _ in 0..<12 {
          try housekeeping.step(database)
          let isKnown = try Int.fetchOne(database, sql: "SELECT count(*) FROM channel") == 1
          #expect(try isKnown || rows(database) == [0, 0, 0, 0])
        }
      }
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM channel") == 0)
    }
    try queue.close()
  }

  /// A commit that takes its time.
  private final class SlowDisk: TransactionObserver {
    let moved: MovedSurroundings
    let seconds: Int64
    init(_ moved: MovedSurroundings, seconds: Int64) {
      self.moved = moved
      self.seconds = seconds
    }
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws { moved.moveTicks(seconds: seconds) }
    func databaseDidCommit(_ database: Database) {}
    func databaseDidRollback(_ database: Database) {}
  }

  @Test(arguments: [(took: 2, rest: 18), (took: 960, rest: 60)] as [(took: Int64, rest: Int64)])
  func `it rests nine times as long as a slice took, its commit included, and a minute at most`(
    took: Int64, rest: Int64
  ) async throws {
    let place = try TemporaryStore()
    let queue = try await prepare(place)
    try await queue.writeWithoutTransaction { [self] database in
      let moved = MovedSurroundings(day: 20_000)
      let memory = memory(moved)
      let housekeeping = try closing(memory, database)
      // Twice, so that something is left to do.
      memory.toEmpty.append(1)
      let disk = SlowDisk(moved, seconds: took)
      database.add(transactionObserver: disk, extent: .databaseLifetime)
      memory.beginRound()
      #expect(housekeeping.isDue)
      try housekeeping.step(database)
      memory.beginRound()
      #expect(!housekeeping.isDue)
      moved.moveTicks(seconds: rest - 1)
      memory.beginRound()
      #expect(!housekeeping.isDue)
      moved.moveTicks(seconds: 2)
      memory.beginRound()
      #expect(housekeeping.isDue)
    }
    try queue.close()
  }

  @Test func `a slice ends at four mebibytes, whatever is in it`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    for _ in 0..<10 { _ = try await store.append(member.message(size: 1 << 20)) }
    store.stop()
    let queue = try SQLiteRelayStore.open(place.path)
    try await queue.writeWithoutTransaction { [self] database in
      let memory = memory(MovedSurroundings(day: 20_000))
      let housekeeping = try closing(memory, database)
      var left: [Int] = []
      while memory.hasLeftovers {
        try housekeeping.step(database)
        left.append(try rows(database)[1])
      }
      #expect(left == [6, 2, 0])
    }
    try queue.close()
  }
}
