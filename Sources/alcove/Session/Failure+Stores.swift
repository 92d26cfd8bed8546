// SPDX-License-Identifier: Apache-2.0

import Engine
import EnvelopeStore
import KeyManagement

extension Failure {
  /// Why a vault does not open.
  init(_ error: VaultError) {
    switch error {
    case .missing: self.init(EngineError(.noProfile))
    case .exists: self.init(EngineError(.profileExists))
    case .wrongPassphrase: self.init(ToolCode.wrongPassphrase)
    case .emptyPassphrase: self.init(ToolCode.passphraseSource, "the passphrase is empty")
    case .damaged: self.init(ToolCode.vaultDamaged)
    case .newerVersion: self.init(ToolCode.vaultNewer)
    case .openToOthers: self.init(ToolCode.openToOthers)
    case .busy: self.init(EngineError(.profileBusy))
    case .noKey:
      self.init(ToolCode.vaultDamaged, "the vault lacks a key that the store was sealed with")
    case .wrongRecoveryWords: self.init(EngineError(.wrongRecoveryWords))
    case .wrongRole: self.init(EngineError(.wrongRole))
    case .noSpace: self.init(EngineError(.storeFull))
    case .outOfMemory: self.init(ToolCode.failed, "the system gives no more memory")
    case .unavailable: self.init(ToolCode.fileTrouble, "the vault could not be read or written")
    }
  }

  /// Why a store does not open.
  init(_ error: StoreError) {
    switch error {
    case .missing:
      self.init(
        ToolCode.vaultDamaged, "the vault is there, but the store beside it is missing",
        next: ["alcove paths"])
    case .newerSchema: self.init(ToolCode.storeNewer)
    case .foreignFile, .integrity, .noKey: self.init(EngineError(.storeDamaged))
    case .readableByOthers: self.init(ToolCode.openToOthers)
    case .diskFull: self.init(EngineError(.storeFull))
    case .busy: self.init(EngineError(.profileBusy))
    case .notDurable:
      self.init(
        ToolCode.fileTrouble,
        "this disk does not promise to keep what is written; no store is opened on it")
    case .readOnly, .unavailable, .tooLarge, .closed: self.init(EngineError(.storeUnavailable))
    }
  }
}
