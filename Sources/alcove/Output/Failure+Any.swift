// SPDX-License-Identifier: Apache-2.0

import Engine
import EnvelopeStore
import KeyManagement

extension Failure {
  /// Whatever was thrown, in the form in which it is reported.
  init(any error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    // The vault is there, or nothing would have been opened: the store has lost the profile's row.
    case let error as EngineError where error.code == .noProfile:
      self.init(EngineError(.storeDamaged))
    case let error as EngineError: self.init(error)
    case let error as VaultError: self.init(error)
    case let error as StoreError: self.init(error)
    case is CancellationError: self.init(.cancelled)
    // The type alone: a description could hold what must not be shown.
    default: self.init(.failed, "something failed that should not (\(type(of: error)))")
    }
  }
}
