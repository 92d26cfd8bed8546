// SPDX-License-Identifier: Apache-2.0

import Engine

extension EngineError.Code {
  var consentGuidance: Guidance {
    switch self {
    case .consentMissing:
      Guidance(
        next: ["alcove consent show {name}"],
        why: "Each kind of message is a scope with its own yes or no. The client can widen it with"
          + " `alcove consent amend NAME --scope SCOPE=yes`; the therapist counter-signs.")
    case .consentExpired:
      Guidance(
        next: ["alcove consent show {name}"],
        why: "It had an end date. The client extends it with `alcove consent renew NAME`; the"
          + " therapist counter-signs.")
    case .consentWithdrawn:
      Guidance(
        next: ["alcove consent show {name}"],
        why: "It can be withdrawn at any time, without a reason, in whole or for one scope.")
    case .consentNotAcknowledged:
      Guidance(
        next: ["alcove sync", "alcove consent show {name}"],
        why: "A consent is in force once both have signed. The therapist's `alcove sync`"
          + " counter-signs what stays within the terms.")
    case .consentLapsed:
      Guidance(
        next: ["alcove consent history {name}"],
        why: "A lapsed consent is final: the therapist invites again.")
    case .consentNotYours:
      Guidance(
        next: ["alcove consent show {name}"],
        why: "The client grants, amends, renews and withdraws; the therapist sets terms and"
          + " counter-signs. Either may end the relationship.")
    case .consentLineRefused:
      Guidance(
        next: ["alcove consent show {name}"],
        why: "For example: renewing a consent that has ended, or a date beyond the terms.")
    case .nothingToAcknowledge:
      Guidance(
        next: ["alcove consent show {name}"],
        why: "`alcove sync` counter-signs by itself what stays within the terms.")
    case .decisionChanged:
      Guidance(
        next: ["alcove consent acknowledge {name}"],
        why: "The client signed something else meanwhile, and another command fetched it. What is"
          + " counter-signed is what was shown, or nothing.")
    case .linePending:
      Guidance(
        next: ["alcove sync"],
        why: "Lines are signed on the record as it stood, one after the other.")
    case .datedAhead:
      Guidance(
        next: ["alcove doctor", "alcove sync"],
        why:
          "A line is never dated before the one it stands on, so whatever was signed now would be"
          + " in force only then, too. Set the clocks of both computers right, then `alcove sync`: what"
          + " waits is done by itself when that time has come. Withdrawing and ending work at once. A"
          + " change of your own that was signed while this clock was ahead can be signed again. If"
          + " the date is far off, `alcove consent end NAME` and invite anew: it ends the relationship, or"
          + " gives up an answer that was not taken yet.")
    case .notAWithdrawal:
      Guidance(
        next: ["alcove consent import FILE"],
        why:
          "`alcove consent withdraw NAME --to FILE` makes such a file; it is signed, and only the"
          + " profile it is meant for can take it.")
    case .exportInvalid:
      Guidance(
        next: ["alcove consent export NAME"],
        why:
          "Every byte of an export counts: the first line is rebuilt from the others and compared,"
          + " every signature and hash is checked. Ask for another copy from both sides.")
    case .messageEmpty:
      Guidance(
        next: ["alcove send {name}"],
        why: "A message needs at least one byte.")
    case .messageTooLong:
      Guidance(
        next: ["alcove send {name}"],
        why: "Split it. Files will have a way of their own.")
    case .messageNotText:
      Guidance(
        next: ["alcove send {name}"],
        why:
          "It must be UTF-8 without NUL bytes. Other encodings can be converted with iconv; files"
          + " will have a way of their own.")
    default:
      Guidance(
        next: ["alcove consent show {name}"],
        why: "--kind takes text or questionnaires; some scopes, such as supervision, permit an act"
          + " and not a message.")
    }
  }
}
