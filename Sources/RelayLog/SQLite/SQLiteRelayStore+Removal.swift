// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

extension SQLiteRelayStore {
  /// Removes the store at `path`, and what lies beside it, in which no channel was ever made.
  ///
  /// - Returns: False, and nothing is removed, where there is one.
  package static func removeUnused(path: String) throws(RelayStoreError) -> Bool {
    // Who serves it would go on with files that have no name any more, and acknowledge what nobody finds again.
    let lock = try StoreLock(path: path + ".lock")
    defer { lock.release() }
    do {
      guard try isUnused(path) else { return false }
      for file in files(of: path) where StoreFile.exists(file) {
        try FileManager.default.removeItem(atPath: file)
      }
      return true
    } catch {
      throw RelayStoreError(reading: error)
    }
  }

  private static func isUnused(_ path: String) throws -> Bool {
    guard StoreFile.exists(path), !StoreFile.isEmpty(path) else { return true }
    // Not as who only reads: what was interrupted may have to be rolled back first.
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction { database in
      // The tables are made in one transaction: others than all of them are not ours.
      try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
        || Int.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM channel)") == 0
    }
  }
}
