// SPDX-License-Identifier: Apache-2.0

extension EngineError {
  /// What happened, in one sentence for a person.
  public var message: String {
    let who = name ?? "this person"
    return switch code {
    case .noProfile: "There is no profile here yet."
    case .profileExists: "There is a profile here already."
    case .profileBusy: "Another command has been using this profile for 30 seconds."
    case .vaultLocked: "The vault is locked, or the passphrase is wrong."
    case .wrongRecoveryWords: "These are not the recovery words of this profile."
    case .wrongRole: "That is for the other side to do."
    case .storeDamaged:
      name.map { "What is kept of \($0) is damaged: something in it does not open." }
        ?? "The store is damaged: something in it does not open."
    case .storeFull: "The disk is full."
    case .storeUnavailable: "The store cannot be read or written."
    case .clockDiffers: "This computer's clock and the relay's differ by more than ten minutes."
    case .nobody: "There is nobody called \(who) here."
    case .nameTaken: "\(who) is the name of somebody else here."
    case .badName: "That cannot be a name."
    case .linkMalformed: "That is not an invitation link."
    case .linkTruncated: "The invitation link was cut short."
    case .linkForeignVersion: "The invitation is of another version of Alcove."
    case .invitationExpired: "The invitation has expired."
    case .invitationGone: "The invitation is not there any more: used, withdrawn or expired."
    case .invitationAnswered: "Somebody has already answered this invitation."
    case .invitationBurnt: "Two people answered the same invitation, so it was burnt."
    case .invitationOpen:
      "An invitation for \(who) is open, and it offers something else or ends at another time."
    case .withdrawalNotCarried:
      "The withdrawal for \(who) cannot be sent, since the invitation is over: it has to be handed over."
    case .offerAltered: "What lies at the relay is not what the link promises."
    case .offerInvalid: "The offer or the answer to it is not valid."
    case .scopeNotOffered: "That was not offered."
    case .answersMissing: "Nothing was answered with yes."
    case .dayPassed: "The consent would end on a day that has passed."
    case .dayBeyondTerms: "The consent would end after the terms that it answers."
    case .notSignable: "That cannot be signed: a text or a number in it is not possible."
    case .notYetConnected: "\(who) is not connected yet."
    case .notVerified: "The safety number with \(who) has not been compared."
    case .identityChanged: "The identity of \(who) has changed."
    case .relationshipEnded: "The relationship with \(who) has ended."
    case .channelBroken:
      "The channel with \(who) is broken: its lock turned without a valid commit."
    case .channelForked: "The relay shows \(who) and you two different logs."
    case .channelGap: "The relay leaves out envelopes of the channel with \(who)."
    case .profileCopied:
      "Something came in the name of this device that it did not make: from a copy of this profile, or"
        + " forged by \(who)."
    case .channelLost: "The relay does not know the channel with \(who)."
    case .ledgerInvalid: "The consent ledger with \(who) does not hold."
    case .consentMissing: "\(who): this is not covered by the consent."
    case .consentExpired: "The consent with \(who) has expired."
    case .consentWithdrawn: "The consent with \(who) was withdrawn for this."
    case .consentNotAcknowledged: "The consent with \(who) is not in force yet."
    case .consentLapsed: "The consent with \(who) was not counter-signed within 14 days."
    case .consentNotYours: "Only the other side can sign that."
    case .consentLineRefused: "The ledger does not take that line now."
    case .nothingToAcknowledge: "Nothing waits for a counter-signature."
    case .decisionChanged: "What waits for a counter-signature is not any more what was shown."
    case .linePending: "An earlier change of the consent is still on its way."
    case .datedAhead:
      "The consent record with \(who), or a line for it, is dated more than ten minutes ahead of this"
        + " computer's clock."
    case .notAWithdrawal: "That file is not a withdrawal of one of your clients."
    case .exportInvalid: "The export does not hold."
    case .messageEmpty: "The message is empty."
    case .messageTooLong: "The message is longer than 1,000,000 bytes."
    case .messageNotText: "The message is not plain text: it holds a NUL byte or invalid UTF-8."
    case .relayUnreachable: "The relay cannot be reached."
    case .relayRefused: "The relay refuses for now."
    case .relayRecovering:
      "The relay was restored from a backup. It takes nothing new for 15 minutes from its start."
    case .relayFull: "The relay has no room."
    case .muchToRead: "There is more to read than one run takes."
    case .relayInconsistent: "The relay contradicts itself."
    case .relayForeign: "That is not a relay of a version this program knows."
    case .relayWrongPin:
      "What answers at the relay's address is not the relay that the address names."
    case .relayUntrusted:
      "The relay's certificate cannot be trusted: its issuer, its name or its date is wrong."
    case .postageMissing: "The relay asks for postage, and there is none left here."
    case .postageAnswerInvalid: "That answers no request for postage that is open here."
    case .postageNotNeeded: "The relay asks for no postage."
    case .postageCount: "A request is for 1 to 1,000 tokens of postage."
    case .crashed: "The run ended at a crash point."
    case .internalFault: "Something happened that should not be possible."
    }
  }

  /// Whether anything was lost or sent that should not have been.
  public var safety: String {
    switch code {
    case .relayWrongPin, .relayUntrusted:
      "Nothing was sent to it."
    case .relayUnreachable, .relayRefused, .relayRecovering, .relayFull, .relayForeign,
      .postageMissing,
      .muchToRead, .crashed:
      "What was stored before stays as it was."
    case .channelBroken, .channelForked, .channelGap, .profileCopied, .identityChanged,
      .relayInconsistent, .channelLost, .invitationBurnt:
      "Nothing more is sent. Everything received so far stays readable here."
    case .storeDamaged:
      name == nil
        ? "Nothing was changed. Do not go on with this profile; keep the files as they are."
        : "Nothing was changed. What is kept of others is not touched by it."
    case .storeFull, .storeUnavailable, .profileBusy:
      "Nothing was changed and nothing was sent."
    case .withdrawalNotCarried: "The withdrawal is signed and kept here, encrypted."
    case .invitationOpen: "Nothing was changed: that invitation stays as it is."
    case .postageAnswerInvalid: "Nothing was changed; open requests stay open."
    case .internalFault: "The store was left as it was before this command."
    default: "Nothing was sent."
    }
  }

  /// The same where what was asked for is kept and only delayed.
  public var safetyWhenKept: String {
    switch code {
    case .relayWrongPin, .relayUntrusted:
      "Nothing was sent to it. What you wrote is kept, encrypted, until the right relay answers."
    case .withdrawalNotCarried: safety
    case .datedAhead: "Nothing is lost: what waits is kept, and goes on when its time has come."
    case .channelBroken, .channelForked, .profileCopied, .identityChanged, .invitationBurnt:
      "What you signed or wrote is kept here, encrypted. This channel does not carry it any more."
    case .storeDamaged:
      name == nil
        ? "What you wrote was stored before. Do not go on with this profile; keep the files as they are."
        : "What you wrote was stored before. What is kept of others is not touched by it."
    default: "Nothing is lost: what you wrote is kept, encrypted, and goes out with the next sync."
    }
  }

  /// The commands worth running next, most useful first; for another person where it says so.
  public var next: [String] {
    let who = name ?? "NAME"
    return switch code {
    case .noProfile: ["alcove init"]
    case .profileExists: ["alcove status"]
    case .profileBusy, .storeUnavailable, .storeFull, .internalFault, .clockDiffers:
      ["alcove doctor"]
    case .storeDamaged where name == nil: ["alcove doctor"]
    case .storeDamaged, .ledgerInvalid:
      // Nothing mends what is damaged of one person. Beside it there is room for a new beginning.
      ["on the therapist's computer: alcove invite NEW-NAME", "alcove consent audit \(who)"]
    case .vaultLocked: ["alcove unlock"]
    case .wrongRecoveryWords: ["alcove recovery test"]
    case .nobody: ["alcove people"]
    case .wrongRole, .consentNotYours: ["alcove explain \(code.rawValue)"]
    case .nameTaken, .badName: ["alcove people"]
    case .linkMalformed, .linkTruncated, .invitationExpired, .invitationGone,
      .invitationAnswered, .invitationBurnt, .offerAltered, .offerInvalid:
      ["on the therapist's computer: alcove invite \(name ?? "NAME")"]
    case .invitationOpen: ["alcove invite \(who)"]
    case .withdrawalNotCarried: ["alcove consent withdraw \(who) --to FILE"]
    case .linkForeignVersion: ["alcove version"]
    case .scopeNotOffered, .answersMissing: ["alcove accept LINK"]
    case .dayPassed, .dayBeyondTerms, .notSignable: ["alcove explain \(code.rawValue)"]
    case .notYetConnected: ["alcove sync"]
    case .notVerified: ["alcove verify \(who)"]
    case .channelBroken, .channelForked, .channelGap, .profileCopied, .channelLost,
      .relayInconsistent, .identityChanged:
      ["on the therapist's computer, with a coming version: alcove invite --again \(who)"]
    case .relationshipEnded, .consentLapsed:
      ["alcove read \(who)", "alcove consent history \(who)"]
    case .consentMissing, .consentWithdrawn: ["alcove consent show \(who)"]
    case .consentExpired: ["on the client's computer: alcove consent renew NAME"]
    case .consentNotAcknowledged: ["alcove sync", "alcove consent show \(who)"]
    case .consentLineRefused, .nothingToAcknowledge: ["alcove consent show \(who)"]
    case .decisionChanged: ["alcove consent acknowledge \(who)"]
    case .linePending: ["alcove sync"]
    case .datedAhead: ["alcove doctor", "alcove consent history \(who)"]
    case .notAWithdrawal, .exportInvalid: ["alcove explain \(code.rawValue)"]
    case .messageEmpty, .messageNotText: ["alcove send \(who)"]
    case .messageTooLong: ["send it in parts"]
    case .relayUnreachable, .relayRefused, .relayRecovering, .relayFull, .muchToRead, .crashed:
      ["alcove sync", "alcove outbox"]
    case .relayForeign: ["alcove doctor"]
    case .postageMissing, .postageCount: ["alcove relay postage request 20 > request"]
    case .postageAnswerInvalid, .postageNotNeeded: ["alcove relay postage show"]
    case .relayWrongPin: ["alcove explain relay-wrong-pin", "alcove doctor"]
    case .relayUntrusted: ["alcove explain relay-untrusted", "alcove doctor"]
    }
  }
}
