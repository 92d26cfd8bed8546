// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// A statement that SQLite keeps compiled, with nothing between its columns and ours.
///
/// The writer runs five of them for each append: rows as objects would cost more than SQLite itself.
struct PreparedStatement {
  enum Value {
    case integer(Int64)
    case blob([UInt8])
    case text(String)
  }

  // Safe: the connection's cache and this reference both keep the statement alive, and it is used
  // within the access to its connection alone.
  private let statement: Statement

  init(_ sql: String, in database: Database) throws {
    statement = try database.cachedStatement(sql: sql)
  }

  func execute(_ values: Value...) throws { try each(values) { _ in true } }

  /// What `read` makes of the first row, or nil if there is none.
  func first<T>(_ values: Value..., read: (Columns) throws -> T) throws -> T? {
    var found: T?
    try each(values) { columns in
      found = try read(columns)
      return false
    }
    return found
  }

  /// Calls `body` with each row until it answers false. The columns are gone with the row.
  func each(_ values: [Value], _ body: (Columns) throws -> Bool) throws {
    let handle = unsafe statement.sqliteStatement
    defer {
      // The code of the last step is told again here, and nothing else.
      _ = unsafe sqlite3_reset(handle)
      _ = unsafe sqlite3_clear_bindings(handle)
    }
    for (index, value) in values.enumerated() {
      try unsafe check(bind(value, at: Int32(index + 1), of: handle))
    }
    while true {
      switch unsafe sqlite3_step(handle) {
      case SQLITE_ROW: if try !body(unsafe Columns(handle)) { return }
      case SQLITE_DONE: return
      case let code: try check(code)
      }
    }
  }

  private func bind(_ value: Value, at index: Int32, of handle: OpaquePointer) -> Int32 {
    switch value {
    case .integer(let value): return unsafe sqlite3_bind_int64(handle, index, value)
    case .text(let text):
      let copying = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      return unsafe sqlite3_bind_text(handle, index, text, -1, copying)
    case .blob(let bytes):
      // No bytes at no address would be bound as NULL.
      if bytes.isEmpty { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
      // SQLite copies the bytes before the call returns.
      let copying = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      return unsafe sqlite3_bind_blob(handle, index, bytes, Int32(bytes.count), copying)
    }
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }
}
