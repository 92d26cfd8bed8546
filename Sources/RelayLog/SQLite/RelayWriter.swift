// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import RelayProtocol
import Synchronization

/// The one thread that writes: it takes what waits, commits it together, and answers afterwards.
///
/// It does all checkpointing as well: before version 3.51.3 two connections that write or checkpoint
/// at once can damage a write-ahead log.
final class RelayWriter: Sendable {
  private let database: DatabaseQueue
  private let queue = WriterQueue()
  private let watchers: Watchers
  /// Called when nothing is known about the disk any more; the process is to end with 74.
  private let onFailure: @Sendable (StoreFault) -> Void
  private let observer: (any WriterObserver)?
  private let begun = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)

  private let policy: StorePolicy
  private let surroundings: Surroundings
  private let log = LogLength()
  private let released: ReleasedFiles
  private let trustsClock = Atomic(true)
  private let recovers = Atomic(false)
  private let isFresh = Atomic(false)

  init(
    _ database: DatabaseQueue, watchers: Watchers, policy: StorePolicy,
    surroundings: Surroundings, released: ReleasedFiles, observer: (any WriterObserver)?,
    onFailure: @escaping @Sendable (StoreFault) -> Void
  ) {
    self.observer = observer
    self.database = database
    self.policy = policy
    self.surroundings = surroundings
    self.released = released
    self.watchers = watchers
    self.onFailure = onFailure
  }

  /// False while the clock has jumped and retention waits for the operator's word.
  var isClockTrusted: Bool { trustsClock.load(ordering: .relaxed) }

  /// Whether the store was restored and takes repairs alone.
  var isRecovering: Bool { recovers.load(ordering: .relaxed) }

  /// Whether all that the log shows is on the disk: until then it is shown to nobody. Once true it stays so.
  var isLogFresh: Bool { isFresh.load(ordering: .acquiring) }

  /// Returns when the log has been written anew, or something stood in the way for the first time.
  func start() {
    let thread = Thread { [self] in run() }
    thread.name = "alcove-writer"
    thread.start()
    begun.wait()
  }

  /// Finishes what waits, and waits for it.
  func stop() {
    queue.close()
    finished.wait()
    // For whoever asks again.
    finished.signal()
  }

  /// Runs a job; cancelling who waits does not cancel the job.
  func perform(
    cost: Int, for token: TokenHash? = nil,
    _ body: @escaping @Sendable (Database, WriterMemory) throws -> WriterJob.Outcome
  ) async throws(RelayError) -> WriterJob.Outcome {
    let result: Result<WriterJob.Outcome, RelayError> = await withCheckedContinuation { waiting in
      let job = WriterJob(perform: body, token: token, cost: cost) { waiting.resume(returning: $0) }
      if !queue.add(job) { waiting.resume(returning: .failure(.refused(.overloaded))) }
    }
    return try result.get()
  }

  private func run() {
    let memory: WriterMemory
    let housekeeping: Housekeeping
    do {
      (memory, housekeeping) = try database.writeWithoutTransaction { database in
        log.watch(database)
        let memory = WriterMemory(
          policy, surroundings, isRecovering: try StoreValues.isRecovering(database),
          released: released)
        return (memory, try Housekeeping(memory, in: database))
      }
      _ = try freshen()
    } catch {
      fail([], error)
      begun.signal()
      return
    }
    trustsClock.store(housekeeping.horizon.isTrusted, ordering: .relaxed)
    recovers.store(memory.isRecovering, ordering: .relaxed)
    begun.signal()
    var checkpoints = Checkpoints()
    while let batch = queue.next(waiting: isLogFresh ? housekeeping.pause : 1_000) {
      memory.beginRound()
      do {
        if let problem = try freshen() {
          for job in batch { job.answer(.failure(.refused(problem))) }
          continue
        }
        let began = ContinuousClock.now
        let outcomes = try database.writeWithoutTransaction { database in
          try Self.commit(batch, memory, database)
        }
        watchers.wake(Set(outcomes.compactMap(\.touched)))
        let duration = ContinuousClock.now - began
        // Counted before it is answered: who has the answer finds it counted.
        for outcome in outcomes where outcome.isRepair { observer?.repaired(outcome.result) }
        for (job, outcome) in zip(batch, outcomes) { job.answer(.success(outcome)) }
        if !batch.isEmpty {
          observer?.committed(jobs: batch.count, waiting: queue.count, in: duration)
        }
      } catch let error as DatabaseError {
        switch error.resultCode {
        case _ where NoRoom.explains(error, writing: .log, of: database):
          for job in batch { job.answer(.failure(.refused(.storeFull))) }
        case .SQLITE_BUSY, .SQLITE_LOCKED:
          for job in batch { job.answer(.failure(.refused(.unavailable))) }
        default: return fail(batch, error)
        }
      } catch {
        return fail(batch, error)
      }
      // Everybody has been answered: what goes wrong from here on is nobody's outcome.
      let keepsHouse = housekeeping.isDue
      do {
        if keepsHouse {
          try database.writeWithoutTransaction { try housekeeping.step($0) }
        }
        trustsClock.store(housekeeping.horizon.isTrusted, ordering: .relaxed)
        recovers.store(memory.isRecovering, ordering: .relaxed)
        observer?.retained(rows: housekeeping.takeCleared(), lag: housekeeping.lag)
        // Who follows a channel whose days are over is told so by the next read.
        watchers.wake(housekeeping.takeClosed())
      } catch  where isPassing(error, writing: .log) {
        // It is done when there is room, or no reader in the way.
      } catch {
        return fail([], error)
      }
      do {
        if let mode = checkpoints.due(logPages: log.pages) {
          _ = try checkpoint(mode)
        } else if memory.isLogToBeEmptied(
          isResting: batch.isEmpty && !keepsHouse && !housekeeping.hasWork)
        {
          // Before it is tried: where there is no room for it, it is tried again after a pause as well.
          memory.noteEmptying(false)
          memory.noteEmptying(try checkpoint(.truncate))
        }
      } catch  where isPassing(error, writing: .database) {
        // The log has it all, and grows until then.
      } catch {
        return fail([], error)
      }
    }
    finished.signal()
  }

  /// What stands in the way of writing the log anew; nil as soon as that is done.
  ///
  /// What an ended process left in the log may never have reached the disk, and is read back from the system's
  /// memory: after a failed flush those pages count as written. Behind such a hole nothing would be found
  /// again, and what is shown of it may be gone tomorrow, when its author has long gone on from there. So all of
  /// it is written anew, into the database, before anything is taken, shown or cleared away.
  private func freshen() throws -> RelayProblem? {
    guard !isLogFresh else { return nil }
    do {
      // Somebody reads from it for long, as a backup does.
      guard try checkpoint(.truncate) else { return .unavailable }
    } catch let error as DatabaseError {
      if NoRoom.explains(error, writing: .database, of: database) { return .storeFull }
      guard [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) else { throw error }
      return .unavailable
    }
    isFresh.store(true, ordering: .releasing)
    released.begin()
    return nil
  }

  /// Whether there is no room, or somebody in the way: nothing is wrong, and it may be tried again.
  private func isPassing(_ error: any Error, writing file: NoRoom.File) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
      || NoRoom.explains(error, writing: file, of: database)
  }

  /// After a failed flush nothing is known: everybody is told so, and nothing more is taken. What was
  /// read from the store before stays true.
  private func fail(_ batch: [WriterJob], _ error: any Error) {
    queue.close()
    var waiting = batch
    while let more = queue.next() { waiting += more }
    for job in waiting { job.answer(.failure(.refused(.outcomeUnknown))) }
    onFailure(StoreFault(error))
    finished.signal()
  }

  private static func commit(
    _ batch: [WriterJob], _ memory: WriterMemory, _ database: Database
  ) throws -> [WriterJob.Outcome] {
    guard !batch.isEmpty else { return [] }
    var outcomes: [WriterJob.Outcome] = []
    outcomes.reserveCapacity(batch.count)
    try memory.inTransaction(database) {
      for job in batch { outcomes.append(try job.perform(database, memory)) }
      return .commit
    }
    return outcomes
  }

  private func checkpoint(_ mode: Checkpoints.Mode) throws -> Bool {
    let began = ContinuousClock.now
    defer { observer?.checkpointed(in: .now - began) }
    return try database.writeWithoutTransaction { database in
      // All but PASSIVE wait for readers, and everybody waits for them: a backup may read for minutes.
      try database.execute(sql: "PRAGMA busy_timeout = \(Checkpoints.patience)")
      defer { try? database.execute(sql: "PRAGMA busy_timeout = \(SQLiteRelayStore.patience)") }
      return try Checkpoints.run(mode, database)
    }
  }
}
