// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
public import Primitives
import Synchronization

/// The store of a profile on a disk: SQLite with a write-ahead log, flushed in full at each commit.
///
/// All that touches the files (opening, writing, emptying the log, closing) happens under the
/// ``ProfileLock``; reading does not, since a write-ahead log gives a reader its own snapshot.
public final class SQLiteRecordStore: RecordStore {
  private let queue: DatabaseQueue
  private let lock: ProfileLock
  private let random: any RandomSource
  private let isClosed = Atomic(false)

  /// Whether a store that is not there yet is made.
  public enum Opening: Sendable {
    case existing, creating
  }

  /// Opens the database file at `path`.
  public init(
    path: String, lock: ProfileLock, opening: Opening = .existing, random: any RandomSource
  ) throws(StoreError) {
    self.lock = lock
    self.random = random
    do {
      queue = try lock.withLock { try Self.open(path, opening) }
    } catch {
      throw SQLiteFailure.storeError(error)
    }
  }

  @discardableResult
  public func transaction<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer {
    try run(writable: true) { [random] database in
      try Self.immediately(database) {
        let transaction = RecordTransaction(
          rows: SQLiteRows(database), keys: keys, random: random, sealing: .sealed,
          writable: true)
        defer { transaction.finish() }
        return try body(transaction)
      }
    }
  }

  public func read<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer {
    try run(writable: false) { [random] database in
      var answer: Answer?
      try database.inTransaction(.deferred) {
        let transaction = RecordTransaction(
          rows: SQLiteRows(database), keys: keys, random: random, sealing: .sealed,
          writable: false)
        defer { transaction.finish() }
        answer = try body(transaction)
        return .commit
      }
      guard let answer else { throw StoreError.unavailable }
      return answer
    }
  }

  public func eraseTraces() throws(StoreError) {
    do {
      try run(writable: true) { database in
        CrashPoint.reached()
        let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        // The first column says that a reader kept the log from being emptied.
        guard let row, row[0] == 0 else { throw StoreError.busy }
        CrashPoint.reached()
      }
    } catch {
      throw SQLiteFailure.storeError(error)
    }
  }

  public func checkIntegrity(_ keys: any RecordKeyRing) throws(StoreError) {
    do {
      try run(writable: false) { database in
        let findings = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
        guard findings == ["ok"] else { throw StoreError.integrity }
      }
      try read(keys) { try $0.openEverything() }
    } catch {
      throw SQLiteFailure.storeError(error)
    }
  }

  public func close() throws(StoreError) {
    guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
    do {
      // The last connection empties the log as it closes, which is a write.
      try lock.withLock { try queue.close() }
    } catch {
      throw SQLiteFailure.storeError(error)
    }
  }

  /// How the connection has been set up, as the database itself reports it; for tests.
  package func pragma(_ name: String) throws -> String? {
    try run(writable: false) { try String.fetchOne($0, sql: "PRAGMA \(name)") }
  }

  /// Bounds the size of the database in pages; for tests of a full disk.
  package func limitPages(_ count: Int) throws {
    try run(writable: true) { try $0.execute(sql: "PRAGMA max_page_count = \(count)") }
  }

  // MARK: - Inside

  private func run<Answer>(
    writable: Bool, _ body: (Database) throws -> Answer
  ) throws -> Answer {
    if isClosed.load(ordering: .sequentiallyConsistent) { throw StoreError.closed }
    do {
      return try writable
        ? lock.withLock { try queue.writeWithoutTransaction(body) }
        : queue.writeWithoutTransaction(body)
    } catch let error as DatabaseError {
      throw SQLiteFailure.storeError(error)
    }
  }

  private static func immediately<Answer>(
    _ database: Database, _ body: () throws -> Answer
  ) throws -> Answer {
    var answer: Answer?
    try database.inTransaction(.immediate) {
      answer = try body()
      CrashPoint.reached()
      return .commit
    }
    CrashPoint.reached()
    guard let answer else { throw StoreError.unavailable }
    return answer
  }

  private static func open(_ path: String, _ opening: Opening) throws -> DatabaseQueue {
    switch opening {
    case .creating: try StoreFiles.create(path)
    case .existing: if !StoreFiles.exists(path) { throw StoreError.missing }
    }
    // The files beside the database inherit its mode, so 0600 here is 0600 everywhere.
    try StoreFiles.requirePrivate(path)
    // SQLite takes a file of no bytes for a new database, and writes to it as soon as it is opened.
    if opening == .existing, StoreFiles.isEmpty(path) { throw StoreError.integrity }
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(30)
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA secure_delete = ON;
          PRAGMA temp_store = MEMORY;
          PRAGMA cell_size_check = ON;
          PRAGMA trusted_schema = OFF;
          """)
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      // Only now: GRDB sets NORMAL as it turns the write-ahead log on, after preparing.
      try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;")
      guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2,
        try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
      else { throw StoreError.notDurable }
      guard try Int.fetchOne(database, sql: "PRAGMA secure_delete") == 1,
        try Int.fetchOne(database, sql: "PRAGMA temp_store") == 2
      else { throw StoreError.notDurable }
      try Self.immediately(database) { try StoreSchema.prepare(database, opening) }
      try Self.renewLog(database)
    }
    return queue
  }

  /// Writes the log anew, into the database, before anything is added to it.
  ///
  /// What a process that was killed left in it may never have reached the disk, and been read back from the
  /// system's memory: after a failed flush those pages count as written. Behind such a hole nothing would be
  /// found again. Where another process has the store open, that one has done so.
  private static func renewLog(_ database: Database) throws {
    try database.execute(sql: "PRAGMA busy_timeout = 0")
    defer { try? database.execute(sql: "PRAGMA busy_timeout = 30000") }
    do {
      try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    } catch let error as DatabaseError
      where [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL].contains(error.resultCode)
    {
      // Without room nothing is added either.
    }
  }
}
