// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import Primitives

/// `alcove unlock`
struct UnlockCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "keep the vault key in the kernel's keyring for a time")
  static let examples = ["alcove unlock", "alcove unlock --for 15m"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @Option(
    name: .customLong("for"), help: ArgumentHelp("How long, such as 15m or 2h.", valueName: "time"))
  var duration: HumanDuration?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let lasting =
      duration ?? tool.configuration[.unlockFor].flatMap(HumanDuration.init(argument:))
      ?? HumanDuration(seconds: 900)
    let session = try tool.open(.asking)
    var key = try session.vault.vaultKey().shared().exposedBytes()
    defer { wipe(&key) }
    guard UserKeyring(tool.directories).store(key, seconds: lasting.seconds) else {
      throw Failure(.keyringBlocked)
    }
    let end = LocalTime(seconds: LocalTime.now.seconds + lasting.seconds)
    tool.console.ok("unlocked until \(end.moment); no command asks before")
    tool.console.emit("unlocked", ["until": .time(end)])
    tool.console.next("alcove status", "alcove lock")
    await session.close()
  }
}

/// `alcove lock`
struct LockCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "take the vault key out of the keyring at once")
  static let examples = ["alcove lock"]
  static let exits: [ExitStatus] = [.integrity, .noProfile]

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) throws {
    try Session.requireProfile(tool)
    let was = UserKeyring(tool.directories).revoke()
    tool.console.ok(was ? "locked" : "it was locked already")
    tool.console.emit("locked", ["was_unlocked": .bool(was)])
  }
}

/// `alcove passphrase`
struct PassphraseCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "passphrase", abstract: "change the passphrase")
  static let examples = [
    "alcove passphrase", "alcove passphrase --passphrase-file OLD --new-passphrase-file NEW",
  ]
  static let exits: [ExitStatus] = ExitStatus.profile

  @Option(
    help: ArgumentHelp("Read the new one from this file.", valueName: "file"), completion: .file())
  var newPassphraseFile: String?
  @Option(
    name: .customLong("new-passphrase-fd"),
    help: ArgumentHelp("Read the new one from this open descriptor.", valueName: "n"))
  var newPassphraseDescriptor: Int32?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    // The old one is asked for even while unlocked: who finds an open laptop must not change it.
    try Session.requireProfile(tool)
    try Privacy.require(tool.directories)
    let source = PassphraseSource(descriptor: newPassphraseDescriptor, file: newPassphraseFile)
    // The old one is kept until the new one is typed; both are wiped when this returns.
    let opened = try tool.withPassphrase { old throws(VaultError) in
      OldPassphrase(
        vault: try SealedVault.unlock(at: tool.directories.vault, passphrase: old),
        passphrase: try copy(old))
    }
    let new = try NewPassphrase(tool, source: source, flag: "--new-passphrase-file FILE").ask(
      prompt: "  New passphrase (empty = make a strong one):  ")
    try opened.vault.changePassphrase(
      from: opened.passphrase, to: new, profile: tool.kdf.profile)
    UserKeyring(tool.directories).revoke()
    tool.console.ok("changed. An older copy of the vault still opens with the old one.")
    tool.console.emit("passphrase_changed", [:])
  }

  private struct OldPassphrase: ~Copyable {
    let vault: SealedVault
    let passphrase: SecretBytes
  }

  private func copy(_ passphrase: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
    do {
      return try passphrase.copy()
    } catch {
      throw .outOfMemory
    }
  }
}
