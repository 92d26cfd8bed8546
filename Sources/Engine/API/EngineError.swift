// SPDX-License-Identifier: Apache-2.0

/// A refusal: what happened, whether it is safe, and what to do next.
public struct EngineError: Error, Equatable, Sendable {
  public let code: Code
  /// Whom it is about, as typed on this device; for the screen of this device only, never for a log.
  public let name: String?

  public init(_ code: Code, about name: String? = nil) {
    self.code = code
    self.name = name
  }

  /// Every distinct thing that a caller can do something about; the raw value is stable.
  public enum Code: String, CaseIterable, Sendable {
    // Profile
    case noProfile = "no-profile"
    case profileExists = "profile-exists"
    case profileBusy = "profile-busy"
    case vaultLocked = "vault-locked"
    case wrongRecoveryWords = "wrong-recovery-words"
    case wrongRole = "wrong-role"
    case storeDamaged = "store-damaged"
    case storeFull = "disk-full"
    case storeUnavailable = "store-unavailable"
    case clockDiffers = "clock-differs"
    // Names
    case nobody = "nobody"
    case nameTaken = "name-taken"
    case badName = "bad-name"
    // Invitation
    case linkMalformed = "link-malformed"
    case linkTruncated = "link-truncated"
    case linkForeignVersion = "link-foreign-version"
    case invitationExpired = "invitation-expired"
    case invitationGone = "invitation-gone"
    case invitationAnswered = "invitation-answered"
    case invitationBurnt = "invitation-burnt"
    case invitationOpen = "invitation-open"
    case withdrawalNotCarried = "withdrawal-not-carried"
    case offerAltered = "offer-altered"
    case offerInvalid = "offer-invalid"
    case scopeNotOffered = "scope-not-offered"
    case answersMissing = "answers-missing"
    case dayPassed = "day-passed"
    case dayBeyondTerms = "day-beyond-terms"
    case notSignable = "not-signable"
    // Relationship
    case notYetConnected = "not-yet-connected"
    case notVerified = "not-verified"
    case identityChanged = "identity-changed"
    case relationshipEnded = "relationship-ended"
    case channelBroken = "channel-broken"
    case channelForked = "channel-forked"
    case channelGap = "channel-gap"
    case profileCopied = "profile-copied"
    case channelLost = "channel-lost"
    case ledgerInvalid = "ledger-invalid"
    // Consent
    case consentMissing = "consent-missing"
    case consentExpired = "consent-expired"
    case consentWithdrawn = "consent-withdrawn"
    case consentNotAcknowledged = "consent-not-acknowledged"
    case consentLapsed = "consent-lapsed"
    case consentNotYours = "consent-not-yours"
    case consentLineRefused = "consent-line-refused"
    case nothingToAcknowledge = "nothing-to-acknowledge"
    case decisionChanged = "decision-changed"
    case linePending = "line-pending"
    case datedAhead = "dated-ahead"
    case notAWithdrawal = "not-a-withdrawal"
    case exportInvalid = "export-invalid"
    // Messages
    case messageEmpty = "message-empty"
    case messageTooLong = "message-too-long"
    case messageNotText = "message-not-text"
    // Relay
    case relayUnreachable = "relay-unreachable"
    case relayRefused = "relay-refused"
    case relayRecovering = "relay-recovering"
    case relayFull = "relay-full"
    case muchToRead = "much-to-read"
    // Postage
    case postageMissing = "postage-missing"
    case postageAnswerInvalid = "postage-answer-invalid"
    case postageNotNeeded = "postage-not-needed"
    case postageCount = "postage-count"
    case relayInconsistent = "relay-inconsistent"
    case relayForeign = "relay-foreign"
    case relayWrongPin = "relay-wrong-pin"
    case relayUntrusted = "relay-untrusted"
    // The program
    case crashed = "crashed"
    case internalFault = "internal-fault"
  }

  /// The exit code of the command line (CLI rule 6).
  public enum Exit: Int32, Sendable {
    case failed = 1
    case notFound = 3
    case locked = 4
    case unreachable = 5
    case identity = 6
    case consent = 7
    case quota = 8
    case integrity = 9
    case noProfile = 10
    case busy = 11
    case usage = 64
  }
}

extension EngineError: CustomStringConvertible {
  /// The code alone, so that a name does not reach a log by accident.
  public var description: String { code.rawValue }
}
