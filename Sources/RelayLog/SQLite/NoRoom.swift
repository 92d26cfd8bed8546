// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Glibc

/// That there is no room for more, as opposed to a disk that fails.
enum NoRoom {
  /// What was being written: commits go to the write-ahead log, and checkpoints to the database.
  enum File {
    case log, database
  }

  /// Whether this is why a write to `file` failed.
  ///
  /// Of what a write is refused for SQLite takes a full disk alone as such. A quota, and a file that may not
  /// grow, are no different: nothing of the transaction was flushed, and rolled back it leaves what was there.
  /// A flush is another matter, whatever it fails for: after it nothing is known.
  static func explains(
    _ error: DatabaseError, writing file: File, of database: DatabaseQueue
  ) -> Bool {
    if error.resultCode == .SQLITE_FULL { return true }
    guard error.extendedResultCode == .SQLITE_IOERR_WRITE else { return false }
    let code = database.writeWithoutTransaction { lastError(file, $0) }
    return code == EDQUOT || code == EFBIG
  }

  /// What the system said last about a file. SQLite keeps that for each; `sqlite3_system_errno` does not know
  /// it when a COMMIT fails.
  private static func lastError(_ file: File, _ database: Database) -> Int32? {
    let name = file == .log ? SQLITE_FCNTL_JOURNAL_POINTER : SQLITE_FCNTL_FILE_POINTER
    var found: UnsafeMutablePointer<sqlite3_file>?
    var code: Int32 = 0
    guard
      unsafe sqlite3_file_control(database.sqliteConnection, "main", name, &found) == SQLITE_OK,
      let open = unsafe found, let control = unsafe open.pointee.pMethods?.pointee.xFileControl,
      unsafe control(open, SQLITE_FCNTL_LAST_ERRNO, &code) == SQLITE_OK
    else { return nil }
    return code
  }
}
