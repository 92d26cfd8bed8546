// SPDX-License-Identifier: Apache-2.0

import Engine

extension EngineError.Code {
  var relationshipGuidance: Guidance {
    let again =
      "`alcove invite --again NAME`, on the therapist's side, will found the relationship anew with"
      + " the same consent and history; it is not built yet."
    return switch self {
    case .notYetConnected:
      Guidance(
        next: ["alcove sync"],
        why: "An invitation must be answered, and the answer counter-signed. `alcove sync` on both"
          + " sides brings it forward.")
    case .notVerified:
      Guidance(
        next: ["alcove verify {name}"],
        why: "A stolen link could have been answered by somebody else. Compare the 60 digits by"
          + " voice or side by side, once.")
    case .identityChanged:
      Guidance(
        next: [
          "ask {name} by another way; then, on the therapist's computer: alcove invite NEW-NAME",
          "alcove read {name}",
        ],
        why: "Whoever is on the other side now has another identity key than the one that signed"
          + " the consent. It may be a replaced identity, or somebody else. The safety number is of the"
          + " keys from the beginning and cannot tell. Ask the person, by voice or face to face,"
          + " before inviting anew, and compare the new number. " + again)
    case .relationshipEnded:
      Guidance(
        next: ["alcove read {name}", "alcove consent history {name}"],
        why:
          "An ended consent is final. Coming back is a new relationship, under a new consent: the"
          + " therapist invites again.")
    case .channelBroken:
      Guidance(
        next: ["alcove read {name}", "alcove explain broken"],
        why: "Only a member could have turned the lock, or the relay altered what it holds. "
          + again)
    case .channelForked:
      Guidance(
        next: ["alcove doctor", "alcove explain fork"],
        why: "Each message carries the hash of the log its author had read; yours is another one."
          + " The relay lied to one of you, or was restored badly. " + again)
    case .channelGap:
      Guidance(
        next: ["alcove doctor", "alcove explain broken"],
        why: "Envelopes that this device must read to go on are missing. " + again)
    case .profileCopied:
      Guidance(
        next: ["alcove doctor", "alcove explain copy"],
        why:
          "Only this device or the other one holds the keys for such an envelope, and this store did"
          + " not make it. If the profile was restored from a backup or copied, stop using one of the"
          + " two; if not, the other side has made it. " + again)
    case .channelLost:
      Guidance(
        next: ["alcove doctor"],
        why: "The relay was emptied or replaced, or comes from a backup that lacks this channel. A"
          + " device that knows a channel from its first envelope on makes it again with `alcove"
          + " sync`, the therapist's where channels cost postage: try once more when the other side"
          + " has. " + again)
    case .ledgerInvalid:
      Guidance(
        next: [
          "alcove consent audit {name}", "on the therapist's computer: alcove invite NEW-NAME",
        ],
        why: "A line, certificate or head does not fit the others. The audit names it; nothing in"
          + " this version mends or removes it, and the others go on. Begin anew with that person,"
          + " under another name.")
    case .relayUnreachable:
      Guidance(
        next: ["alcove sync", "alcove outbox"],
        why: "The network is down, or the relay is. The next `alcove sync` delivers, once.")
    case .relayRefused:
      Guidance(
        next: ["alcove sync", "alcove outbox"],
        why: "It understood the request and does not take it now, since it has too much to do. The"
          + " next `alcove sync` delivers, once. If it stays so, `alcove doctor` looks at the relay."
      )
    case .relayRecovering:
      Guidance(
        next: ["alcove sync", "alcove outbox"],
        why:
          "A backup lacks what came after it. Until a quarter of an hour after its start such a relay"
          + " takes messages that members have and it lacks, which `alcove sync` puts back, and no"
          + " others, so that nobody writes on before that. A later `alcove sync` delivers yours, once."
      )
    case .relayFull:
      Guidance(
        next: ["alcove outbox", "alcove sync"],
        why: "A quota is used up, or the relay is overloaded. Later commands try again.")
    case .muchToRead:
      Guidance(
        next: ["alcove sync"],
        why:
          "One run reads 32,768 entries of a relationship, so that none keeps the others waiting."
          + " The next goes on where this one ended. Two people do not write that much: if it stays so,"
          + " the relay invents it.")
    case .relayInconsistent:
      Guidance(
        next: ["alcove doctor", "alcove explain fork"],
        why: "Positions, hashes or ids in its answers do not fit what it said before.")
    case .relayWrongPin:
      Guidance(
        next: ["alcove doctor"],
        why: "The pin behind # in a relay's address says what its certificate must chain to, and"
          + " this one does not. Somebody on the way answers in its place, a network asks for a"
          + " log-in first, or the relay was made anew. Try another network. If it stays, ask"
          + " whoever runs the relay for its address, and compare the pin.")
    case .relayUntrusted:
      Guidance(
        next: ["alcove doctor"],
        why: "Its certificate has expired or is for another name, this computer does not know its"
          + " issuer, or it does not speak TLS 1.3. A relay with a certificate of its own has an"
          + " address that ends in # and a pin: ask whoever runs it for the whole address. A wrong"
          + " clock on this computer looks the same.")
    default:
      Guidance(
        next: ["alcove doctor"],
        why: "The address may lead to another program, or through a proxy that answers by itself.")
    }
  }
}
