// SPDX-License-Identifier: Apache-2.0

extension EngineError {
  /// The exit code of the command line.
  public var exit: Exit {
    switch code {
    case .noProfile: .noProfile
    case .profileBusy: .busy
    case .vaultLocked, .wrongRecoveryWords: .locked
    case .nobody: .notFound
    case .badName, .nameTaken, .wrongRole, .linkMalformed, .linkTruncated, .linkForeignVersion,
      .scopeNotOffered, .answersMissing, .dayPassed, .dayBeyondTerms, .notSignable, .messageEmpty,
      .messageTooLong, .messageNotText,
      .postageCount:
      .usage
    case .storeDamaged, .offerAltered, .offerInvalid, .channelBroken, .channelForked, .channelGap,
      .profileCopied, .ledgerInvalid, .notAWithdrawal, .exportInvalid, .relayInconsistent,
      .postageAnswerInvalid:
      .integrity
    case .identityChanged, .notVerified: .identity
    case .consentMissing, .consentExpired, .consentWithdrawn, .consentNotAcknowledged,
      .consentLapsed, .relationshipEnded, .consentNotYours:
      .consent
    case .relayUnreachable: .unreachable
    case .relayWrongPin, .relayUntrusted: .identity
    case .relayFull, .storeFull, .postageMissing: .quota
    case .profileExists, .storeUnavailable, .invitationExpired, .invitationGone,
      .invitationAnswered, .invitationBurnt, .invitationOpen, .withdrawalNotCarried,
      .notYetConnected, .channelLost,
      .consentLineRefused, .nothingToAcknowledge, .decisionChanged, .linePending, .relayRefused,
      .relayRecovering, .relayForeign, .muchToRead,
      .crashed, .internalFault, .clockDiffers, .datedAhead, .postageNotNeeded:
      .failed
    }
  }

  /// Whether this only delays: what was asked is kept and happens with a later `sync`.
  public var isDelay: Bool {
    switch code {
    case .relayUnreachable, .relayRefused, .relayRecovering, .relayFull, .relayForeign,
      .relayWrongPin,
      .relayUntrusted, .postageMissing, .muchToRead, .datedAhead, .crashed:
      true
    default: false
    }
  }

  /// Whether what is kept here of one relationship does not hold or does not open; others are not touched by
  /// it.
  public var isDamage: Bool { code == .storeDamaged || code == .ledgerInvalid }

  /// Whether the relationship has stopped for good: what is kept does not go out on its channel any more.
  public var isFinal: Bool {
    switch code {
    case .channelBroken, .channelForked, .profileCopied, .identityChanged, .invitationBurnt,
      .withdrawalNotCarried:
      true
    default: false
    }
  }
}
