// SPDX-License-Identifier: Apache-2.0

/// The errors of the command line itself; the engine has its own codes.
enum ToolCode: String, CaseIterable, Sendable {
  case usage
  case unknownCommand = "unknown-command"
  case notYet = "not-yet"
  case nothingFound = "nothing-found"
  case unknownTopic = "unknown-topic"
  case failed
  case cancelled
  case wrongPassphrase = "wrong-passphrase"
  case noPassphrase = "no-passphrase"
  case passphraseSource = "passphrase-source"
  case passphraseMismatch = "passphrase-mismatch"
  case answerNeeded = "answer-needed"
  case openToOthers = "open-to-others"
  case configurationInvalid = "configuration-invalid"
  case vaultDamaged = "vault-damaged"
  case vaultNewer = "vault-newer"
  case storeNewer = "store-newer"
  case fileTrouble = "file-trouble"
  case keyringBlocked = "keyring-blocked"
  case auditFindings = "audit-findings"
  case unhealthy
  case relayAddress = "relay-address"
  case wordsInvalid = "words-invalid"

  var exit: ExitStatus {
    switch self {
    case .usage, .unknownCommand, .answerNeeded, .relayAddress: .usage
    case .nothingFound, .unknownTopic: .notFound
    case .wrongPassphrase, .noPassphrase, .passphraseSource: .locked
    case .vaultDamaged, .auditFindings: .integrity
    case .cancelled: .cancelled
    case .notYet, .failed, .passphraseMismatch, .openToOthers, .configurationInvalid, .vaultNewer,
      .storeNewer, .fileTrouble, .keyringBlocked, .unhealthy, .wordsInvalid:
      .failed
    }
  }

  var explanation: Explanation {
    switch self {
    case .usage:
      Explanation(
        "the command was not understood", safe: "Nothing was done.", next: ["alcove help"],
        why: "Every command explains itself, with examples, when --help follows it.")
    case .unknownCommand:
      Explanation(
        "there is no such command", safe: "Nothing was done.", next: ["alcove help"],
        why: "The commands are listed by `alcove help`, in groups.")
    case .notYet:
      Explanation(
        "this is not built yet", safe: "Nothing was done, nothing was sent.",
        next: ["alcove help"],
        why: "The command has its place in the design and will come. `alcove help` lists what works"
          + " today.")
    case .nothingFound:
      Explanation(
        "nothing of that name was found", safe: "Nothing was changed.", next: ["alcove people"],
        why: "Names are local to this device: `alcove people` lists them.")
    case .unknownTopic:
      Explanation(
        "there is no explanation under that word", safe: "Nothing was changed.",
        next: ["alcove explain"],
        why: "`alcove explain` lists all codes and topics.")
    case .failed:
      Explanation(
        "something failed that should not", safe: "What was stored before stays as it was.",
        next: ["alcove doctor"],
        why: "This is an error the program does not know. `alcove doctor` looks at store, vault,"
          + " permissions, clock and relay. If it finds nothing, please report it.")
    case .cancelled:
      Explanation(
        "cancelled", safe: "Nothing was done.", next: [],
        why: "You pressed Ctrl-C or Ctrl-D, or answered no. What was not confirmed was not done.")
    case .wrongPassphrase:
      Explanation(
        "that passphrase does not open this profile", safe: "Nothing was changed.",
        next: ["alcove status"],
        why: "The passphrase opens the vault, which holds the keys to everything else. Nobody can"
          + " reset it: not the relay, not us. Capitals, spaces and the keyboard layout count. A"
          + " second profile on this computer has its own passphrase (--profile). There is no"
          + " limit to attempts, but each costs a second of work and 256 MiB.")
    case .noPassphrase:
      Explanation(
        "the profile is locked, and there is nobody to ask for the passphrase",
        safe: "Nothing was changed.",
        next: ["alcove unlock --for 15m", "alcove --passphrase-file FILE status"],
        why: "The passphrase is taken from --passphrase-fd, --passphrase-file, then"
          + " --passphrase-command, then the keyring that `alcove unlock` fills, then a prompt on"
          + " the terminal. None of them was there. It is never read from an environment variable,"
          + " which other programs can see.")
    case .passphraseSource:
      Explanation(
        "the passphrase could not be read", safe: "Nothing was changed.",
        next: ["the same command with --passphrase-file FILE"],
        why: "The file, descriptor or command given for the passphrase does not answer with one. A"
          + " file must be yours and closed to others (chmod 600 FILE). One line end at its end is"
          + " not counted as a part of the passphrase.")
    case .passphraseMismatch:
      Explanation(
        "the two passphrases differ", safe: "Nothing was changed.", next: [],
        why: "A new passphrase is asked for twice, since nobody can reset it.")
    case .answerNeeded:
      Explanation(
        "an answer is needed, and there is nobody to ask", safe: "Nothing was done.", next: [],
        why: "Without a terminal every question needs its flag: --name, --role, --relay,"
          + " --scope text=yes, --sign-as, --yes. The help of each command lists its own.")
    case .openToOthers:
      Explanation(
        "other people on this computer can read the profile",
        safe: "Nothing was read, nothing was changed.", next: ["alcove doctor"],
        why:
          "The profile's directories must be 0700 and its files 0600, and yours. They are sealed,"
          + " but their names, sizes and times tell how much you write and when. Close them with"
          + " chmod as shown, and ask yourself who opened them.")
    case .configurationInvalid:
      Explanation(
        "the configuration file has a mistake", safe: "Nothing was done.", next: ["alcove paths"],
        why: "The file holds lines `key = value`. Keys: profile, relay, color, plain, discreet,"
          + " passphrase-file, passphrase-command, unlock-for. An unknown key is an error, since a"
          + " misspelt one would silently do nothing.")
    case .vaultDamaged:
      Explanation(
        "the vault is damaged: its seal does not hold", safe: "It was not changed.",
        next: ["alcove doctor"],
        why: "Some byte of the vault file is not what was written: a failing disk, or somebody who"
          + " wrote to it. Nothing in it is used. Put back a copy of the file if you have one. This"
          + " version brings nothing back from the recovery words: without a copy, make a new profile"
          + " and begin anew, with new invitations. Keep the damaged directory.")
    case .vaultNewer:
      Explanation(
        "a newer version of Alcove wrote this vault", safe: "It was not changed.",
        next: ["alcove version"],
        why: "This version does not know the format, and does not guess. Install the newer one.")
    case .storeNewer:
      Explanation(
        "a newer version of Alcove wrote this store", safe: "It was not changed.",
        next: ["alcove version"],
        why: "This version does not know the layout, and does not guess. Install the newer one.")
    case .fileTrouble:
      Explanation(
        "a file could not be read or written", safe: "Nothing was changed.",
        next: ["alcove paths"],
        why: "The system refused; its reason stands in the message.")
    case .keyringBlocked:
      Explanation(
        "the system does not let us use its keyring", safe: "The profile stays locked.",
        next: ["alcove status"],
        why: "In many containers the kernel's keyring is closed. Commands then ask for the"
          + " passphrase each time, or take it from --passphrase-file or --passphrase-command.")
    case .auditFindings:
      Explanation(
        "the audit has findings", safe: "Nothing was changed; the evidence is kept.",
        next: ["alcove consent history NAME", "alcove consent export NAME"],
        why:
          "Every line, certificate, head, epoch and message was checked again from the bytes, and"
          + " something does not fit. Each finding names its line. Keep an export before doing"
          + " anything else, and compare it with the other side's.")
    case .unhealthy:
      Explanation(
        "doctor found something wrong", safe: "Nothing was changed.", next: [],
        why: "Each finding says how to mend it.")
    case .relayAddress:
      Explanation(
        "this is not the address of a relay", safe: "Nothing was done.",
        next: ["alcove init --relay https://relay.example:8470#PIN"],
        why: "An address is https:// with a host, a port where it is not 443, and the pin that"
          + " `alcove-relay init` printed, unless the relay's certificate is publicly trusted."
          + " http:// goes to this computer alone: to another one it would show the access tokens"
          + " to everybody on the way.")
    case .wordsInvalid:
      Explanation(
        "these are not the recovery words of this profile", safe: "Nothing was changed.",
        next: ["alcove recovery test"],
        why: "24 words from a list of 2,048, in order; the last one holds a checksum. Four letters"
          + " of each are enough to tell them apart.")
    }
  }
}
