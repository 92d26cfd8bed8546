// SPDX-License-Identifier: Apache-2.0

import GRDB

/// What an error of SQLite means to a caller.
enum SQLiteFailure {
  static func storeError(_ error: any Error) -> StoreError {
    if let error = error as? StoreError { return error }
    guard let error = error as? DatabaseError else { return .unavailable }
    return switch error.resultCode {
    case .SQLITE_FULL, .SQLITE_TOOBIG: .diskFull
    case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
    case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_ERROR: .integrity
    case .SQLITE_NOTADB: .foreignFile
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .readOnly
    default: .unavailable
    }
  }
}
