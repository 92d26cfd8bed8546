// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import Primitives
import RelayProtocol

extension SQLiteRelayStore {
  /// Copies the store at `path` and its blobs to a new place, also while a relay serves it.
  ///
  /// In one step, from one snapshot: a copy in many steps begins anew with each append, and never
  /// ends under load.
  ///
  /// - Returns: How many parts of blobs the copy lacks, since the store has lost them.
  @discardableResult
  package static func backUp(path: String, to target: String) throws(RelayStoreError) -> Int {
    guard StoreFile.exists(path) else { throw .missing }
    guard !StoreFile.exists(target) else { throw .foreignFile }
    do {
      try StoreFile.prepare(target, .creating)
      let source = try openReader(path)
      let copy = try DatabaseQueue(path: target)
      try source.backup(to: copy)
      try source.close()
      let lost = try BlobCopies.make(from: path, to: target, copy)
      // One file, and nothing beside it: a write-ahead log wants to be written also by who only reads, and a
      // backup may lie where nobody can.
      let mode = try copy.writeWithoutTransaction {
        try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE")
      }
      guard mode == "delete" else { throw RelayStoreError.unavailable }
      try copy.close()
      try StoreFile.flush(target)
      return lost
    } catch let error as RelayStoreError {
      throw error
    } catch {
      throw .unavailable
    }
  }

  /// Makes a store at `path` out of a backup, with a new incarnation: its log may be shorter than what
  /// members know, so that for a time it takes nothing but what they put back.
  ///
  /// - Parameter day: the UTC day since 1970, by a clock that the operator believes.
  package static func restore(
    from backup: String, to path: String, day: Int64
  ) throws(RelayStoreError) {
    try backUp(path: backup, to: path)
    do {
      let queue = try open(path)
      try queue.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          try StoreValues.setIncarnation(
            Incarnation(checked: SystemRandom().bytes(Incarnation.length)), database)
          try StoreValues.setRecovering(true, database)
          // The days that passed since are no jump; the horizon stays where it was. A clock that is behind
          // the backup is one.
          if let horizon = try StoreValues.horizon(database) {
            try StoreValues.setHorizon(
              RetentionHorizon(lastDay: max(day, horizon.lastDay), day: horizon.day), database)
          }
          return .commit
        }
      }
      try queue.close()
    } catch let error as RelayStoreError {
      throw error
    } catch {
      throw .unavailable
    }
  }

  /// How long a store that was made of a backup takes nothing but what members put back, from when it is
  /// served, in seconds.
  package static var recoverySeconds: Int { Int(WriterMemory.recoveryTime / 1_000) }

  /// Whether the store at `path` was made of a backup and still takes nothing but what members put back,
  /// also while a relay serves it. Ends 15 minutes after the relay was started.
  package static func isRecovering(path: String) throws(RelayStoreError) -> Bool {
    try look(path) { try StoreValues.isRecovering($0) }
  }

  /// Notes the operator's word that the clock is right, after it has jumped. No relay may be serving.
  ///
  /// What was written while it ran ahead is of this day from now on: as it stands it would stay until its
  /// own day comes, and hold up what lies behind it.
  ///
  /// - Parameter isBack: Whether the day may lie before those that were believed. If it is the wrong one
  ///   after all, what is dated back to it goes as soon as the clock is right.
  /// - Returns: False, and nothing is noted, for such a day without that word.
  package static func confirmClock(
    path: String, day: Int64, retentionDays: Int?, isBack: Bool = false
  ) throws(RelayStoreError) -> Bool {
    guard StoreFile.exists(path) else { throw .missing }
    let lock = try StoreLock(path: path + ".lock")
    defer { lock.release() }
    do {
      let queue = try open(path)
      let isNoted = try queue.write { database in
        var horizon =
          try StoreValues.horizon(database) ?? RetentionHorizon(lastDay: day, day: day)
        guard isBack || day >= horizon.lastDay - RetentionHorizon.longestStep else { return false }
        horizon.confirm(day, keeping: retentionDays)
        try StoreValues.setHorizon(horizon, database)
        try PreparedStatement("UPDATE body SET day = ? WHERE day > ? AND spine = 0", in: database)
          .execute(.integer(day), .integer(day))
        return true
      }
      try queue.close()
      return isNoted
    } catch let error as RelayStoreError {
      throw error
    } catch {
      throw .unavailable
    }
  }
}
