// SPDX-License-Identifier: Apache-2.0

import Engine

extension EngineError.Code {
  /// The way out where what is kept of one person is damaged.
  var damageOfOne: String {
    "if it names one person alone, on the therapist's computer: alcove invite NEW-NAME"
  }

  var profileGuidance: Guidance {
    switch self {
    case .noProfile:
      Guidance(
        next: ["alcove init"],
        why: "A profile is your home on this computer: keys, people, messages. `alcove init` makes"
          + " one. If you expected one, look at `alcove paths` and at --profile.")
    case .profileExists:
      Guidance(
        next: ["alcove status", "alcove --profile OTHER init"],
        why: "`alcove init` never overwrites: the keys in a vault exist nowhere else. A second"
          + " profile gets a name of its own with --profile.")
    case .profileBusy:
      Guidance(
        next: ["alcove status"],
        why: "Commands take turns, one step at a time, and wait for each other. Thirty seconds are"
          + " far longer than any step takes: some process may be stopped. Find it with"
          + " `ps aux | grep alcove`.")
    case .vaultLocked:
      Guidance(
        next: ["alcove unlock --for 15m"],
        why: "The vault opens with your passphrase only.")
    case .wrongRecoveryWords:
      Guidance(
        next: ["alcove recovery test"],
        why: "The 24 words were shown once, when the profile was made, to be written on paper. They"
          + " are needed to replace a device key.")
    case .wrongRole:
      Guidance(
        next: ["alcove status"],
        why:
          "A therapist invites, sets terms and counter-signs; a client accepts, grants, amends and"
          + " withdraws. `alcove status` shows which of the two this profile is.")
    case .storeDamaged:
      Guidance(
        next: ["alcove doctor", damageOfOne],
        why: "Every record is sealed with its own place in it, so that a changed or moved one is"
          + " noticed. Some byte is not what was written: a failing disk, or somebody who wrote to"
          + " the file. Copy the profile's directory before doing anything else. What is damaged of"
          + " one person does not touch the others, and nothing in this version mends or removes it:"
          + " begin anew with that person, under another name. Do not put back an older copy, which"
          + " would use keys twice.")
    case .storeFull:
      Guidance(
        next: ["df -h", "alcove sync"],
        why: "Every step is written as a whole or not at all, so a full disk loses nothing. Make"
          + " room. What is said to be kept goes out with `alcove sync`; anything else is to be"
          + " given again.")
    case .storeUnavailable:
      Guidance(
        next: ["alcove doctor"],
        why: "The system refused, or the disk failed. `alcove doctor` says more.")
    case .nobody:
      Guidance(
        next: ["alcove people"],
        why: "Names are local to this device; `alcove people` lists them.")
    case .nameTaken:
      Guidance(
        next: ["alcove people"],
        why: "A name on this device stands for exactly one person. Take another one; the other side"
          + " never sees it.")
    case .badName:
      Guidance(
        next: ["alcove people"],
        why: "1 to 64 characters, no control characters, no blank at either end, not beginning with"
          + " a dash.")
    case .clockDiffers:
      Guidance(
        next: ["timedatectl", "alcove doctor"],
        why:
          "No clock decides whether a line or a message is valid, but expiry, lapse and the times"
          + " you read depend on it. Set the computer's clock; the relay's may also be wrong.")
    case .crashed:
      Guidance(
        next: ["alcove sync"], why: "Only tests see this.")
    default:
      Guidance(
        next: ["alcove doctor"],
        why: "This is a mistake in the program. `alcove doctor` looks at store, vault, permissions,"
          + " clock and relay. If it finds nothing, please report it.")
    }
  }
}
