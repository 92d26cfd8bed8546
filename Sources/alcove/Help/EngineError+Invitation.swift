// SPDX-License-Identifier: Apache-2.0

import Engine

extension EngineError.Code {
  var invitationGuidance: Guidance {
    let newInvitation = "ask for a new invitation; there: alcove invite NAME"
    return switch self {
    case .linkMalformed:
      Guidance(
        next: ["alcove accept"],
        why:
          "A link begins with alcove:# and is one word. `alcove accept` asks for it, or reads it from"
          + " a pipe.")
    case .linkTruncated:
      Guidance(
        next: ["alcove accept"],
        why: "Some program broke the line or cut its end. Copy it again, as a whole, or use the QR"
          + " code.")
    case .linkForeignVersion:
      Guidance(
        next: ["alcove version"],
        why: "This version does not know its format, and does not guess. Both sides should use the"
          + " same version.")
    case .invitationExpired:
      Guidance(
        next: [newInvitation],
        why:
          "An invitation is good for a limited time, since whoever holds the link can pose as the"
          + " person invited. A new one costs nothing.")
    case .invitationGone:
      Guidance(
        next: [newInvitation],
        why: "It was closed after it had been answered, or it expired, or the link leads to another"
          + " relay.")
    case .invitationAnswered:
      Guidance(
        next: ["alcove people", newInvitation],
        why: "An invitation is good once. If it was you, go on with `alcove sync`. If it was not"
          + " you, somebody else had the link: tell the other side, by voice.")
    case .invitationBurnt:
      Guidance(
        next: ["alcove invite {name}"],
        why: "Two answers to one link mean that two people had it, and nobody can tell which one is"
          + " right. What was founded upon one of them has stopped, with what was written there kept."
          + " Make a new invitation, under another name if this one is taken, and hand it over more"
          + " safely.")
    case .invitationOpen:
      Guidance(
        next: ["alcove invite {name}"],
        why: "A link stands for exactly what it offered. Without options the command shows the link"
          + " that is open. To offer something else, wait until it has ended, or invite under another"
          + " name.")
    case .withdrawalNotCarried:
      Guidance(
        next: ["alcove consent withdraw {name} --to FILE"],
        why: "You answered an invitation and withdrew the answer before the two were connected, and"
          + " the way by which it would have gone is closed. The other side may have counter-signed"
          + " the answer. Write the withdrawal to a file and hand it over; there: `alcove consent"
          + " import FILE`. It is the same signed line, and counts as if it had been sent.")
    case .offerAltered:
      Guidance(
        next: [newInvitation],
        why: "The link names the offer by its hash, and the relay's copy has another one. The link"
          + " was damaged, or the relay changed the offer. Do not go on with this link.")
    case .offerInvalid:
      Guidance(
        next: [newInvitation],
        why: "Its signatures, certificates or form do not hold. Whoever made it did not use this"
          + " program as it is.")
    case .scopeNotOffered:
      Guidance(
        next: ["alcove accept LINK"],
        why: "--scope takes only what the form lists, each with yes or no.")
    case .dayPassed:
      Guidance(
        next: ["the same command with a later --until"],
        why: "A consent that is over before it begins permits nothing, and the other side would"
          + " refuse it. A day counts to its last second, by this computer's clock.")
    case .dayBeyondTerms:
      Guidance(
        next: ["the same command with an earlier --until, or without it"],
        why: "An answer to terms may end before they do. Once the consent is in force,"
          + " `alcove consent renew NAME --until DATE` asks for more, and the therapist decides.")
    case .notSignable:
      Guidance(
        next: ["the same command with what was typed set right"],
        why: "A line that is signed holds names of up to 256 bytes, texts of up to 4,096, a form of"
          + " up to 49,152, none of them empty and none with control characters; data is kept for"
          + " 0 to 36,525 days; no scope is offered twice.")
    default:
      Guidance(
        next: ["alcove accept LINK"],
        why: "Every scope needs its own yes or no, since consent is never bundled.")
    }
  }
}
