// SPDX-License-Identifier: Apache-2.0

import GRDB

extension RelayStoreError {
  /// Why what lies there was not read. What the system does not let anybody open or read now is not known to be
  /// damaged; whatever else SQLite finds, other tables or none, is no store that could be served.
  init(reading error: any Error) {
    switch error {
    case let error as RelayStoreError: self = error
    case let error as DatabaseError where !Self.isPassing(error.resultCode): self = .integrity
    default: self = .unavailable
    }
  }

  private static func isPassing(_ code: ResultCode) -> Bool {
    switch code {
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_BUSY,
      .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_NOMEM:
      true
    default: false
    }
  }
}
