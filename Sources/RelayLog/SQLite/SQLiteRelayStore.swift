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
  let writer: RelayWriter
  private let readers: [ReadQueue]
  private let nextReader = Atomic(0)
  private let watchers = Watchers()
  package let policy: StorePolicy
  let surroundings: Surroundings
  let blobs: BlobFiles
  /// For the files of blobs.
  let threads = FileThreads()
  private let sweeper: BlobSweeper

  package enum Opening: Sendable { case existing, creating }

  /// Opens the store at `path`, and keeps every other process out of it.
  ///
  /// - Parameter onFailure: called when a flush failed and nothing is known any more.
  package init(
    path: String, opening: Opening, readers count: Int = 2, policy: StorePolicy = StorePolicy(),
    surroundings: Surroundings, observer: (any WriterObserver)? = nil,
    onFailure: @escaping @Sendable (StoreFault) -> Void
  ) throws(RelayStoreError) {
    self.path = path
    self.policy = policy
    self.surroundings = surroundings
    blobs = BlobFiles(of: path)
    do {
      lock = try StoreLock(path: path + ".lock")
      try StoreFile.prepare(path, opening)
      try blobs.prepare()
      database = try Self.open(path)
      incarnation = try database.read { try StoreValues.incarnation($0) }
      readers = try (0..<count).map { _ in ReadQueue(try Self.openReader(path)) }
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
    let released = ReleasedFiles()
    writer = RelayWriter(
      database, watchers: watchers, policy: policy, surroundings: surroundings,
      released: released, observer: observer, onFailure: onFailure)
    sweeper = BlobSweeper(blobs, released, store: path)
    sweeper.start()
    writer.start()
  }

  /// With the machine's own clock of milliseconds, and the disk under `path`.
  ///
  /// - Parameter clock: seconds since 1970.
  package convenience init(
    path: String, opening: Opening, readers count: Int = 2, policy: StorePolicy = StorePolicy(),
    clock: @escaping @Sendable () -> Int64, observer: (any WriterObserver)? = nil,
    onFailure: @escaping @Sendable (StoreFault) -> Void
  ) throws(RelayStoreError) {
    try self.init(
      path: path, opening: opening, readers: count, policy: policy,
      surroundings: Surroundings(at: path, clock: clock), observer: observer,
      onFailure: onFailure)
  }

  /// False while the clock has jumped and retention waits for the operator's word.
  package var isClockTrusted: Bool { writer.isClockTrusted }

  /// Whether the store was restored and takes repairs alone.
  package var isRecovering: Bool { writer.isRecovering }

  /// All that lies on the disk for the store at `path`, the folder of blobs included.
  package static func files(of path: String) -> [String] {
    ["", "-wal", "-shm", "-journal", ".lock"].map { path + $0 } + [BlobFiles.folder(of: path)]
  }

  /// Finishes what waits and closes the files.
  package func stop() {
    writer.stop()
    sweeper.stop()
    for reader in readers { try? reader.close() }
    try? database.close()
    lock.release()
  }

  package func create(
    _ channel: NewChannel, postage: PostageSpending?
  ) async throws(RelayError) -> CreatedChannel {
    let outcome = try await writer.perform(cost: 256) { database, memory in
      try ChannelStep.create(channel, postage, memory, in: database)
    }
    _ = try outcome.result.get()
    return CreatedChannel(
      isNew: outcome.isNew, lastDay: outcome.expires, payment: outcome.payment)
  }

  package func extend(
    _ channel: ChannelID, token: TokenHash, postage: PostageSpending?
  ) async throws(RelayError) -> CreatedChannel {
    let outcome = try await writer.perform(cost: 256, for: token) { database, memory in
      try PostageStep.extend(channel, token, postage, memory, in: database)
    }
    _ = try outcome.result.get()
    return CreatedChannel(
      isNew: outcome.isNew, lastDay: outcome.expires, payment: outcome.payment)
  }

  package func append(_ job: AppendJob) async throws(RelayError) -> Appended {
    let incarnation = incarnation
    let outcome = try await writer.perform(cost: job.envelope.count, for: job.token) {
      database, memory in
      var outcome: WriterJob.Outcome
      switch try AppendStep.perform(job, memory, in: database) {
      case .append(let at):
        outcome = WriterJob.Outcome(
          result: .success(
            Appended(
              at: at, isReplay: false, incarnation: incarnation,
              day: job.turn == nil ? nil : UInt32(clamping: memory.day))),
          touched: job.channel)
      case .replay(let at):
        outcome = WriterJob.Outcome(
          result: .success(
            Appended(
              at: at, isReplay: true, incarnation: incarnation,
              day: job.turn == nil
                ? nil
                : try TurnDay.find(job.channel, at.position, in: database)
                  .map { UInt32(clamping: $0) })))
      case .refuse(let error): outcome = WriterJob.Outcome(result: .failure(error))
      }
      outcome.isRepair = memory.isRecovering && job.at != nil
      return outcome
    }
    guard let appended = try outcome.result.get() else { throw .outcomeUnknown }
    return appended
  }

  package func read(
    _ channel: ChannelID, token: TokenHash, after: Position, maximumBytes: Int,
    then body: @escaping @Sendable (Result<[Frame], RelayError>) -> Void
  ) {
    // Who reads their own envelope back goes on from there: it must not be gone tomorrow.
    guard writer.isLogFresh else { return body(.failure(.refused(.unavailable))) }
    let step = ReadStep(id: channel, token: token, after: after, maximumBytes: maximumBytes)
    reader.frames(step) { result in
      body(
        result.mapError { error in
          switch error {
          case let error as RelayError: error
          // Of this channel: what SQLite finds wrong with its pages is an error of its own.
          case RelayStoreError.integrity: .refused(.damaged)
          default: .refused(.unavailable)
          }
        })
    }
  }

  package func close(
    _ channel: ChannelID, token: TokenHash, turn: TurnHash
  ) async throws(RelayError) {
    let outcome = try await writer.perform(cost: 256, for: token) { database, memory in
      try ChannelStep.close(channel, token, turn, memory, in: database)
    }
    _ = try outcome.result.get()
  }

  package func watch(
    _ channels: [ChannelID], wake: @escaping @Sendable (ChannelID) -> Void
  ) -> Watch {
    watchers.watch(channels, wake: wake)
  }

  /// Calls `body` with everything the relay at `path` knows about each channel, also while it runs.
  ///
  /// Each is read in a snapshot of its own: as long as one is held, the log cannot begin anew.
  package static func knowledge(
    path: String, _ body: (ChannelKnowledge) throws -> Void
  ) throws {
    guard StoreFile.exists(path) else { throw RelayStoreError.missing }
    let reader = try openReader(path)
    var last: Int64 = 0
    while let next = try reader.read({ try ChannelKnowledge.next(after: last, $0) }) {
      last = next.number
      try body(next.channel)
    }
  }

  /// How much the relay at `path` holds, also while it runs.
  package static func summary(path: String) throws(RelayStoreError) -> StoreSummary {
    try look(path) { try StoreSummary.fetch($0) }
  }

  /// Everything the relay at `path` knows about itself, also while it runs.
  package static func relay(path: String) throws(RelayStoreError) -> RelayKnowledge {
    try look(path) { try RelayKnowledge.fetch($0) }
  }

  /// Whether retention in the store at `path` would go on at `day`, a UTC day since 1970: false when the clock
  /// stands more than two days from the last one that a relay saw.
  package static func trustsClock(path: String, day: Int64) throws(RelayStoreError) -> Bool {
    var horizon = try look(path) { try StoreValues.horizon($0) }
    _ = horizon?.see(day, keeping: nil)
    return horizon?.isTrusted ?? true
  }

  /// How many days more than `days` bodies of messages are kept in the store at `path` on `day`, a UTC day since
  /// 1970: until the operator confirms the clock they stay so many.
  package static func retentionLag(
    path: String, day: Int64, keeping days: Int
  ) throws(RelayStoreError) -> Int64 {
    var horizon = try look(path) { try StoreValues.horizon($0) }
    _ = horizon?.see(day, keeping: days)
    return max(0, horizon?.lag(on: day, keeping: days) ?? 0)
  }

  /// Everything the relay at `path` knows about postage, also while it runs.
  package static func postage(path: String) throws(RelayStoreError) -> [PostageKnowledge] {
    try look(path) { try PostageKnowledge.fetchAll($0) }
  }

  static func look<Value>(
    _ path: String, _ body: (Database) throws -> Value
  ) throws(RelayStoreError) -> Value {
    guard StoreFile.exists(path) else { throw .missing }
    do { return try openReader(path).read(body) } catch { throw RelayStoreError(reading: error) }
  }

  /// How the writing connection has been set up, as SQLite reports it; for tests.
  package func pragma(_ name: String) throws -> String? {
    try database.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
  }

  /// What is wrong in the store at `path`, from its pages to its chains; also while the relay runs.
  package static func findings(path: String) throws(RelayStoreError) -> [String] {
    guard StoreFile.exists(path) else { throw .missing }
    guard !StoreFile.isEmpty(path) else { throw .foreignFile }
    do {
      let reader = try openReader(path)
      let findings = try reader.read { try Examination.findings($0) }
      return try findings + BlobExamination.findings(path: path, reader)
    } catch {
      throw RelayStoreError(reading: error)
    }
  }

  /// Bounds the size of the database in pages; for tests of a full disk.
  package func limitPages(_ count: Int) throws {
    try database.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = \(count)")
    }
  }

  // MARK: Inside

  /// One of the connections that read, each in its turn.
  var reader: ReadQueue {
    let turn = nextReader.wrappingAdd(1, ordering: .relaxed).newValue
    return readers[Int(UInt(bitPattern: turn) % UInt(readers.count))]
  }

  /// How long a connection waits for another process that holds the store, in milliseconds.
  static let patience = 5_000

  static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(Double(patience) / 1_000)
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

  static func openReader(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(Double(patience) / 1_000)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }
}
