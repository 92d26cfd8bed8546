// SPDX-License-Identifier: Apache-2.0

import Engine

extension EngineError.Code {
  /// What the command line adds to the engine's words; every code has it, or this does not compile.
  var guidance: Guidance {
    switch self {
    case .noProfile, .profileExists, .profileBusy, .vaultLocked, .wrongRecoveryWords, .wrongRole,
      .storeDamaged, .storeFull, .storeUnavailable, .clockDiffers, .crashed, .internalFault,
      .nobody, .nameTaken,
      .badName:
      profileGuidance
    case .linkMalformed, .linkTruncated, .linkForeignVersion, .invitationExpired, .invitationGone,
      .invitationAnswered, .invitationBurnt, .invitationOpen, .withdrawalNotCarried, .offerAltered,
      .offerInvalid,
      .scopeNotOffered, .answersMissing, .dayPassed, .dayBeyondTerms, .notSignable:
      invitationGuidance
    case .notYetConnected, .notVerified, .identityChanged, .relationshipEnded, .channelBroken,
      .channelForked, .channelGap, .profileCopied, .channelLost, .ledgerInvalid, .relayUnreachable,
      .relayRefused, .relayRecovering, .relayFull, .relayInconsistent, .relayForeign,
      .relayWrongPin,
      .relayUntrusted, .muchToRead:
      relationshipGuidance
    case .consentMissing, .consentExpired, .consentWithdrawn, .consentNotAcknowledged,
      .consentLapsed, .consentNotYours, .consentLineRefused, .nothingToAcknowledge,
      .decisionChanged,
      .linePending, .datedAhead, .notAWithdrawal, .exportInvalid, .messageEmpty, .messageTooLong,
      .messageNotText:
      consentGuidance
    case .postageMissing, .postageAnswerInvalid, .postageNotNeeded, .postageCount:
      postageGuidance
    }
  }
}
