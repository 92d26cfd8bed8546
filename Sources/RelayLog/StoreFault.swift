// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Why a store takes nothing more until it is opened again.
package enum StoreFault: String, Sendable, Hashable, CaseIterable {
  /// The disk failed under a write or a flush.
  case io
  /// What lies there contradicts itself.
  case corrupt

  init(_ error: any Error) {
    switch error {
    case let error as DatabaseError
    where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode):
      self = .corrupt
    case RelayStoreError.integrity: self = .corrupt
    default: self = .io
    }
  }
}
