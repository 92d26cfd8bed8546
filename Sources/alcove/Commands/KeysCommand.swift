// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine
import KeyManagement
import Primitives

/// `alcove keys`
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "fingerprints, ages, rotation",
    subcommands: [KeysShowCommand.self, KeysRotateCommand.self])
}

/// `alcove keys show`
struct KeysShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "fingerprints, ages, next rotation")
  static let examples = ["alcove keys show", "alcove keys show --json"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let report = try session.alcove.keyReport()
    let console = tool.console
    for device in report.devices {
      let whose = device.person.map { "for \(console.shown($0.text))" } ?? "device"
      console.line(
        "  \(TextWidth.pad(whose, to: 16))\(TextWidth.pad(Printable.line(device.name), to: 10))"
          + TextWidth.pad("serial \(device.serial)", to: 12)
          + "made \(LocalTime(seconds: device.created).ago); rotated only by you (needs your"
          + " recovery words)")
      console.line(
        console.outStyle(
          .faint,
          "                  key \(hexadecimal(device.fingerprint.prefix(8))), identity"
            + " \(hexadecimal(device.identityFingerprint.prefix(8)))"))
    }
    for row in report.relationships {
      let age =
        row.lastOwnCommit.map { "last new secret \(LocalTime(seconds: $0).ago)" }
        ?? "no new secret yet"
      let mark = row.overdue ? console.outStyle(.warning, "!  ") : ""
      console.line(
        "  \(TextWidth.pad(console.shown(row.person.text), to: 16))"
          + TextWidth.pad("epoch \(row.epoch)", to: 12) + mark + age
          + (row.pending ? "; one is on its way" : ""))
    }
    if report.devices.isEmpty, report.relationships.isEmpty, report.damaged.isEmpty {
      let answered = try session.alcove.people().contains { $0.state == .answered }
      console.say(
        answered
          ? "No keys in use yet: they are once your answer is counter-signed."
          : "No keys yet: they are made for each invitation you accept.")
      console.next(answered ? "alcove sync" : "alcove accept")
    }
    let overdue = report.relationships.filter(\.overdue)
    console.emit(
      "keys",
      [
        "devices": .array(
          report.devices.map { device in
            [
              "name": .string(device.name),
              "person": .optional(device.person.map { console.shown($0.text) }),
              "serial": .count(device.serial),
              "fingerprint": .string(hexadecimal(device.fingerprint)),
              "identity": .string(hexadecimal(device.identityFingerprint)),
              "created_at": .time(LocalTime(seconds: device.created)),
            ]
          }),
        "relationships": .array(
          report.relationships.map { row in
            [
              "person": .string(console.shown(row.person.text)), "epoch": .count(row.epoch),
              "last_own_commit": .time(row.lastOwnCommit.map { LocalTime(seconds: $0) }),
              "next_rotation": .time(LocalTime(seconds: row.nextTurn)),
              "overdue": .bool(row.overdue), "pending": .bool(row.pending),
            ]
          }),
      ])
    console.next(overdue.prefix(2).map { "alcove keys rotate \(console.quoted($0.person))" })
    await session.close()
    try console.requireNone(damaged: report.damaged)
  }
}

/// `alcove keys rotate [NAME]`
struct KeysRotateCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "new secrets now", usage: "[NAME]")
  static let examples = [
    "alcove keys rotate mara", "alcove keys rotate --vault",
    "alcove keys rotate --device   (asks for the recovery words)",
  ]
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.relay

  @Argument(help: "With whom the keys are replaced.") var name: String?
  @Flag(help: "Replace the device key; needs the recovery words.") var device = false
  @Flag(help: "Re-key the vault.") var vault = false
  @Option(
    help: ArgumentHelp("Read the recovery words from this file.", valueName: "file"),
    completion: .file())
  var recoveryWordsFile: String?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    guard [name != nil, device, vault].filter(\.self).count == 1 else {
      throw Failure(
        .usage, "say what to rotate: a name, --device or --vault",
        next: ["alcove keys show", "alcove keys rotate --help"])
    }
    if vault { return try rotateVault(tool) }
    if device { return try await rotateDevice(tool) }
    let name = try LocalName(typed: name ?? "")
    let session = try tool.open()
    let result = try await session.alcove.rotateKeys(with: name)
    tool.console.emit(
      "rotated",
      [
        "person": .string(tool.console.shown(name.text)),
        "epoch": .optional(result.epoch.map { Int64(clamping: $0) }),
        "obstacle": .optional(result.obstacle?.code.rawValue),
      ])
    if result.obstacle == nil {
      let epoch = result.epoch.map { ": epoch \($0)" } ?? ""
      tool.console.ok("new secrets with \(tool.console.shown(name.text))\(epoch)")
    }
    await session.close()
    if let obstacle = result.obstacle {
      var failure = Failure(kept: obstacle)
      if obstacle.isDelay {
        failure.safe = "Nothing is lost: the keys are replaced with the next sync."
        failure.next.removeAll { $0 == "alcove outbox" }
      }
      throw failure
    }
  }

  private func rotateVault(_ tool: Tool) throws {
    try Session.requireProfile(tool)
    try Privacy.require(tool.directories)
    try tool.withPassphrase { passphrase throws(VaultError) in
      let vault = try SealedVault.unlock(at: tool.directories.vault, passphrase: passphrase)
      try vault.rekey(passphrase: passphrase, profile: tool.kdf.profile)
    }
    let wasUnlocked = UserKeyring(tool.directories).revoke()
    tool.console.ok("the vault has a new master key; every data key in it is sealed anew")
    tool.console.say(
      "An older copy of the vault still opens with the passphrase it had: destroy such copies.")
    tool.console.emit("rotated", ["vault": true])
    if wasUnlocked {
      tool.console.say("The profile is locked: the key in the keyring was that of before.")
      tool.console.next("alcove unlock")
    }
  }

  private func rotateDevice(_ tool: Tool) async throws {
    let session = try tool.open()
    let words = try WordsCeremony(tool: tool).ask(from: recoveryWordsFile)
    let results = try await session.alcove.rotateDevice(words)
    tool.console.ok("a new device key; older ones are refused once it has been seen")
    for (name, result) in results {
      let who = tool.console.shown(name.text)
      let what =
        switch result.obstacle {
        case nil: "has it" + (result.epoch.map { ": epoch \($0)" } ?? "")
        case let obstacle? where obstacle.isFinal: "does not get it: the channel has stopped"
        case let obstacle? where obstacle.isDamage:
          "does not get it: what is kept of this relationship is damaged"
        case .some: "gets it with the next sync"
        }
      tool.console.say("    \(who) \(what)")
    }
    tool.console.emit(
      "rotated",
      [
        "device": true,
        "people": .array(
          results.map { name, result in
            [
              "person": .string(tool.console.shown(name.text)),
              "epoch": .optional(result.epoch.map { Int64(clamping: $0) }),
              "obstacle": .optional(result.obstacle?.code.rawValue),
            ]
          }),
      ])
    await session.close()
    if let obstacle = results.compactMap(\.result.obstacle).first { throw Failure(kept: obstacle) }
  }
}

/// `alcove recovery`
struct RecoveryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recovery", abstract: "the recovery words",
    subcommands: [RecoveryTestCommand.self])
}

/// `alcove recovery test`
struct RecoveryTestCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "rehearse the recovery words")
  static let examples = ["alcove recovery test", "alcove recovery test --recovery-words-file FILE"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @Option(
    help: ArgumentHelp("Read the recovery words from this file.", valueName: "file"),
    completion: .file())
  var recoveryWordsFile: String?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let words = try WordsCeremony(tool: tool).ask(from: recoveryWordsFile)
    try session.alcove.testRecovery(words)
    tool.console.ok("these are your recovery words; put the paper back where it was")
    tool.console.emit("recovery_test", ["matches": true])
    await session.close()
  }
}
