// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
package import RelayProtocol
import Synchronization

/// The store of a relay on one disk: one writer with group commit, and readers beside it.
package final class SQLiteRelayStore: RelayStore {
  package let incarnation: Incarnation
  private let path: String
  private let lock: StoreLock
  private let database: DatabaseQueue
  private let writer: RelayWriter
  private let readers: [DatabaseQueue]
  private let nextReader = Atomic(0)
  private let watchers = Watchers()
  /// Seconds since 1970.
  private let clock: @Sendable () -> Int64

  package enum Opening: Sendable { case existing, creating }

  /// Opens the store at `path`, and keeps every other process out of it.
  ///
  /// - Parameter onFailure: called when a flush failed and nothing is known any more.
  package init(
    path: String, opening: Opening, readers count: Int = 2,
    clock: @escaping @Sendable () -> Int64, observer: (any WriterObserver)? = nil,
    onFailure: @escaping @Sendable () -> Void
  ) throws(RelayStoreError) {
    self.path = path
    self.clock = clock
    do {
      lock = try StoreLock(path: path + ".lock")
      try StoreFile.prepare(path, opening)
      database = try Self.open(path)
      incarnation = try database.read { database in
        let statement = try PreparedStatement(
          "SELECT value FROM relay WHERE key = 'incarnation'", in: database)
        guard let found = try statement.first(read: { try $0.value(0) as Incarnation }) else {
          throw RelayStoreError.integrity
        }
        return found
      }
      readers = try (0..<count).map { _ in try Self.openReader(path) }
    } catch let error as RelayStoreError {
      throw error
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_NOTADB: throw .foreignFile
      case .SQLITE_CORRUPT: throw .integrity
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw .inUse
      default: throw .unavailable
      }
    } catch {
      throw .unavailable
    }
    writer = RelayWriter(database, watchers: watchers, observer: observer, onFailure: onFailure)
    writer.start()
  }

  /// Finishes what waits and closes the files.
  package func stop() {
    writer.stop()
    for reader in readers { try? reader.close() }
    try? database.close()
    lock.release()
  }

  package func create(_ channel: NewChannel) async throws(RelayError) -> Bool {
    let outcome = try await writer.perform(cost: 256) { database in
      try Self.insert(channel, database)
    }
    _ = try outcome.result.get()
    return outcome.isNew
  }

  package func append(_ job: AppendJob) async throws(RelayError) -> Appended {
    let day = clock() / 86_400
    let incarnation = incarnation
    let outcome = try await writer.perform(cost: job.envelope.count) { database in
      switch try AppendStep.perform(job, day: day, in: database) {
      case .append(let at):
        WriterJob.Outcome(
          result: .success(Appended(at: at, isReplay: false, incarnation: incarnation)),
          touched: job.channel)
      case .replay(let at):
        WriterJob.Outcome(
          result: .success(Appended(at: at, isReplay: true, incarnation: incarnation)))
      case .refuse(let error): WriterJob.Outcome(result: .failure(error))
      }
    }
    guard let appended = try outcome.result.get() else { throw .outcomeUnknown }
    return appended
  }

  package func read(
    _ channel: ChannelID, token: TokenHash, after: Position, maximumBytes: Int
  ) async throws(RelayError) -> [Frame] {
    let turn = nextReader.wrappingAdd(1, ordering: .relaxed).newValue
    let reader = readers[Int(UInt(bitPattern: turn) % UInt(readers.count))]
    do {
      return try await reader.read { database in
        try ReadStep.perform(
          channel, token: token, after: after, maximumBytes: maximumBytes, in: database)
      }
    } catch let error as RelayError {
      throw error
    } catch {
      throw .refused(.unavailable)
    }
  }

  package func close(
    _ channel: ChannelID, token: TokenHash, turn: TurnHash
  ) async throws(RelayError) {
    let outcome = try await writer.perform(cost: 256) { database in
      try Self.close(channel, token, turn, database)
    }
    _ = try outcome.result.get()
  }

  package func watch(
    _ channels: [ChannelID], wake: @escaping @Sendable (ChannelID) -> Void
  ) -> Watch {
    watchers.watch(channels, wake: wake)
  }

  /// Everything the relay at `path` knows about its channels, also while it runs.
  package static func knowledge(path: String) throws(RelayStoreError) -> [ChannelKnowledge] {
    guard StoreFile.exists(path) else { throw .missing }
    do {
      return try openReader(path).read { try ChannelKnowledge.fetchAll($0) }
    } catch {
      throw .unavailable
    }
  }

  /// How the writing connection has been set up, as SQLite reports it; for tests.
  package func pragma(_ name: String) throws -> String? {
    try database.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
  }

  /// What is wrong in the store at `path`, from its pages to its chains; also while the relay runs.
  package static func findings(path: String) throws(RelayStoreError) -> [String] {
    guard StoreFile.exists(path) else { throw .missing }
    do {
      return try openReader(path).read { try Examination.findings($0) }
    } catch {
      throw .integrity
    }
  }

  /// Bounds the size of the database in pages; for tests of a full disk.
  package func limitPages(_ count: Int) throws {
    try database.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = \(count)")
    }
  }

  // MARK: Inside

  private static func insert(
    _ channel: NewChannel, _ database: Database
  ) throws -> WriterJob.Outcome {
    let first = channel.token.bytes + channel.turn.bytes
    let isSame = try PreparedStatement(
      "SELECT first, class FROM channel WHERE id = ?", in: database
    ).first(.value(channel.id)) { row in
      constantTimeEquals(row.bytes(0), first) && row.integer(1) == (channel.kind == .intake ? 0 : 1)
    }
    if let isSame {
      return WriterJob.Outcome(
        result: isSame ? .success(nil) : .failure(.refused(.channelExists)), isNew: false)
    }
    try PreparedStatement(
      """
      INSERT INTO channel (id, first, token, turn, head, chain, class)
      VALUES (?, ?, ?, ?, 0, ?, ?)
      """, in: database
    ).execute(
      .value(channel.id), .blob(first), .value(channel.token), .value(channel.turn),
      .value(ChainHash.founding(channel.id)), .kind(channel.kind))
    return WriterJob.Outcome(result: .success(nil))
  }

  /// The row of a closed channel stays, so that closing again is success; its log goes.
  private static func close(
    _ id: ChannelID, _ token: TokenHash, _ turn: TurnHash, _ database: Database
  ) throws -> WriterJob.Outcome {
    guard let channel = try StoredChannel.find(id, in: database) else {
      return WriterJob.Outcome(result: .failure(.refused(.noSuchChannel)))
    }
    switch Judgement.judge(
      close: token, turn, channel.row, access: try channel.access(token, in: database))
    {
    case .refuse(let error): return WriterJob.Outcome(result: .failure(error))
    case .closedBefore: return WriterJob.Outcome(result: .success(nil), isNew: false)
    case .close: break
    }
    let number: StatementArguments = [channel.number]
    try database.execute(sql: "UPDATE channel SET state = 1 WHERE ch = ?", arguments: number)
    try database.execute(
      sql: """
        DELETE FROM body WHERE pos IN (SELECT pos FROM entry WHERE ch = ?1) AND ch = ?1
        """, arguments: number)
    try database.execute(sql: "DELETE FROM entry WHERE ch = ?", arguments: number)
    try database.execute(sql: "DELETE FROM retired WHERE ch = ?", arguments: number)
    return WriterJob.Outcome(result: .success(nil), touched: id)
  }

  private static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      // Only now: GRDB sets NORMAL as it turns the write-ahead log on. Checkpoints are the writer's.
      try database.execute(
        sql: """
          PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;
          PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768;
          PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;
          """)
      guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2,
        try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
      else { throw RelayStoreError.notDurable }
      try database.inTransaction(.immediate) {
        try RelaySchema.prepare(database)
        return .commit
      }
    }
    return queue
  }

  private static func openReader(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }
}
