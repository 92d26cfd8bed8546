// SPDX-License-Identifier: Apache-2.0

/// Ideas that `alcove explain TOPIC` tells in plain words.
enum Topic: String, CaseIterable, Sendable {
  case invitation, consent, scopes, withdrawal, verify, relay, epoch, rotation, recovery, passphrase
  case outbox, audit, broken, fork, copy, quarantine, emergencies, files
  case exitCodes = "exit-codes"

  var title: String {
    switch self {
    case .invitation: "How two people meet"
    case .consent: "What the consent record is"
    case .scopes: "What can be consented to"
    case .withdrawal: "Taking consent back"
    case .verify: "Why you compare a number"
    case .relay: "What the relay knows"
    case .epoch: "What an epoch is"
    case .rotation: "Why keys are replaced"
    case .recovery: "What the 24 words are for"
    case .passphrase: "Where the passphrase comes from"
    case .outbox: "What happens while the relay is away"
    case .audit: "What the audit checks"
    case .broken: "When a connection cannot go on"
    case .fork: "When the relay shows two logs"
    case .copy: "Why a profile must not run twice"
    case .quarantine: "Messages that are kept apart"
    case .emergencies: "Alcove is not for emergencies"
    case .files: "Where things lie"
    case .exitCodes: "What the exit codes mean"
    }
  }

  var text: String {
    switch self {
    case .invitation:
      "The therapist makes a link with `alcove invite NAME` and hands it over. It is good once and"
        + " for a limited time. The client opens it with `alcove accept`, reads the consent form"
        + " and answers each question. Whoever has the link before it is used can pose as the client;"
        + " that is why both compare a safety number afterwards."
    case .consent:
      "A list of signed lines that both sides hold: the terms, the client's answers, the"
        + " counter-signature, and every change and withdrawal since. Each line names the hash of the"
        + " one before it. The keys that encrypt messages are bound to the newest line, so that every"
        + " message is provably under exactly one state of the consent."
    case .scopes:
      "Each purpose has its own yes or no: text, voice, image, file, live, questionnaires,"
        + " supervision, recording, research. Nothing is bundled. Less takes effect at once; more"
        + " takes effect when the therapist has counter-signed."
    case .withdrawal:
      "`alcove consent withdraw NAME` asks once and needs no reason. It binds your own device from the"
        + " moment you confirm, and the other side's when it reads it. With --scope it takes back one"
        + " purpose only. When the network is gone, --to FILE writes it to a file that can be handed"
        + " over and read with `alcove consent import FILE`."
    case .verify:
      "Twelve groups of five digits, made of both identities. If both sides see the same number,"
        + " nobody stands between you. Compare it by voice or side by side, once, with `alcove verify"
        + " NAME`. It does not change when keys rotate; if it ever does, sending is refused."
    case .relay:
      "It stores sealed envelopes under random numbers and hands them to whoever shows the current"
        + " token. It knows no names, no text, no kind of message, and not why a lock turned. Its host"
        + " can see network addresses, times and size classes."
    case .epoch:
      "The time between two changes of keys. Every epoch has its own keys; the old ones are destroyed."
        + " `alcove keys show` tells the number and its age."
    case .rotation:
      "Replacing keys locks out somebody who had copied them. It happens by itself within 7 days or"
        + " 200 messages. `alcove keys rotate NAME` does it now; --vault re-keys the vault; --device"
        + " needs the recovery words and asks for them."
    case .recovery:
      "24 words on paper, shown once, stand for the key that speaks for your identity: they certify a"
        + " new device key (`alcove keys rotate --device`), and `alcove recovery test` rehearses them."
        + " In this version they restore nothing on another computer: `alcove recovery use` is not"
        + " built yet, and whoever loses this computer begins anew, with new invitations. Whoever has"
        + " them can pose as you: keep them where you keep a will."
    case .passphrase:
      "It opens the vault. Sources, in this order: --passphrase-fd N, --passphrase-file F,"
        + " --passphrase-command CMD, the keyring that `alcove unlock --for 15m` fills, a prompt on"
        + " the terminal. It is never read from an environment variable."
    case .outbox:
      "A message is stored here before the first byte leaves. If the relay does not answer, the"
        + " command ends with exit code 5, the message stays in the outbox, and the next `alcove sync`"
        + " delivers it, once."
    case .audit:
      "`alcove consent audit` checks everything again from the bytes: signatures, certificates, the"
        + " chain of heads, the rules of the record, each change of keys, each stored message against"
        + " the consent under which it was sent. `alcove consent verify FILE` does it for an export, on"
        + " any computer."
    case .broken:
      "A lock turned without a valid key change, or envelopes are missing that are needed to go on."
        + " Nothing more is sent; everything received stays readable. The way out will be `alcove"
        + " invite --again NAME` on the therapist's side, which founds the relationship anew with the"
        + " same consent and history. It is not built yet."
    case .fork:
      "Every message carries the hash of the log as its author had read it. If yours differs, the relay"
        + " has shown the two of you different logs. The device stops, since it cannot tell which one"
        + " is right."
    case .copy:
      "Two copies of a profile would use the same keys twice, which breaks the encryption. An envelope"
        + " in the name of this device that this store never made was made by a copy, or forged by the"
        + " other side, who alone holds the keys as well. Everything stops either way. Never restore a profile from a file backup."
    case .quarantine:
      "A message that the consent in force does not cover is kept apart: it is not shown among the"
        + " others and does not count as unread. `alcove read NAME` mentions it at the end."
    case .emergencies:
      "Nobody watches this channel around the clock. In danger call 112, or a crisis line; the consent"
        + " form names the numbers that were agreed."
    case .files:
      "`alcove paths` prints them. A profile is one directory, 0700, with the vault (keys), the store"
        + " (messages and records, each sealed) and a lock. Names, texts and times are sealed; sizes"
        + " and the number of records are not."
    case .exitCodes:
      ExitStatus.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ") + "."
    }
  }
}
