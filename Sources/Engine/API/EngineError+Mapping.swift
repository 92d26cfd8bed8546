// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import KeyManagement
internal import MLS
internal import Primitives
internal import RelayProtocol
internal import WireFormat

extension EngineError {
  /// What an error from below means to whoever called the engine.
  init(mapping error: any Error, about name: String? = nil) {
    switch error {
    case let error as EngineError: self.init(error.code, about: error.name ?? name)
    case let error as StoreError: self.init(Self.code(for: error), about: name)
    case let error as RelayError: self.init(Self.code(for: error), about: name)
    case let error as VaultError: self.init(Self.code(for: error), about: name)
    case is RecoveryWordsError: self.init(.wrongRecoveryWords, about: name)
    case is ConsentError, is CertificateError: self.init(.ledgerInvalid, about: name)
    case is WireError, is RelayAddressError: self.init(.storeDamaged, about: name)
    default: self.init(.internalFault, about: name)
    }
  }

  private static func code(for error: StoreError) -> Code {
    switch error {
    case .missing: .noProfile
    // The vault is open: no passphrase brings a key that it does not have.
    case .foreignFile, .newerSchema, .integrity, .noKey: .storeDamaged
    case .diskFull: .storeFull
    case .busy: .profileBusy
    case .readableByOthers, .notDurable, .unavailable, .closed: .storeUnavailable
    case .tooLarge: .messageTooLong
    case .readOnly: .internalFault
    }
  }

  private static func code(for error: VaultError) -> Code {
    switch error {
    case .missing: .noProfile
    case .exists: .profileExists
    case .wrongPassphrase, .emptyPassphrase: .vaultLocked
    case .damaged, .newerVersion, .noKey: .storeDamaged
    case .openToOthers, .unavailable, .outOfMemory: .storeUnavailable
    case .busy: .profileBusy
    case .wrongRecoveryWords: .wrongRecoveryWords
    case .wrongRole: .wrongRole
    case .noSpace: .storeFull
    }
  }

  private static func code(for error: RelayError) -> Code {
    switch error {
    case .unreachable, .outcomeUnknown: .relayUnreachable
    case .tokenRetired, .notAt: .relayInconsistent
    case .malformedAnswer, .insecureAddress: .relayForeign
    case .wrongPin: .relayWrongPin
    case .untrusted: .relayUntrusted
    case .refused(let problem):
      switch problem {
      case .noSuchChannel: .channelLost
      case .quota, .storeFull: .relayFull
      case .limited, .overloaded, .unavailable, .outcomeUnknown: .relayRefused
      case .recovering: .relayRecovering
      case .tokenRetired, .tokenReused, .idConflict, .notAt, .beyondHead, .trimmed,
        .channelExists, .noSuchBlob, .partConflict, .sealed, .partsMissing, .hashMismatch,
        .unsealed, .beyondEnd, .damaged:
        .relayInconsistent
      case .postageRequired, .postageInvalid, .postageSpent: .postageMissing
      case .malformed, .lengthRequired, .sizeClass, .noSuchRoute, .methodNotAllowed: .relayForeign
      }
    }
  }
}
