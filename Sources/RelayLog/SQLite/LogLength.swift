// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Synchronization

/// How long the write-ahead log is, as SQLite tells after each commit.
///
/// The size of its file does not tell: the file stays as long as the log ever was.
final class LogLength: Sendable {
  private let count = Atomic(0)

  /// Pages in the log after the last commit.
  var pages: Int { count.load(ordering: .relaxed) }

  /// Listens to the one writing connection, which must not outlive this object. In SQLite the hook
  /// takes the place of automatic checkpoints.
  func watch(_ database: Database) {
    guard let connection = unsafe database.sqliteConnection else { return }
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    _ = unsafe sqlite3_wal_hook(
      connection,
      { context, _, _, pages in
        if let context = unsafe context {
          unsafe Unmanaged<LogLength>.fromOpaque(context).takeUnretainedValue()
            .count.store(Int(pages), ordering: .relaxed)
        }
        return SQLITE_OK
      }, context)
  }
}
