// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine
import Glibc
import KeyManagement
import Primitives
import RelayProtocol

/// `alcove init`
struct InitCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "make your profile: identity, device, recovery words, encrypted store")
  static let examples = [
    "alcove init",
    "alcove init --role therapist --name 'Dr. Ines Albrecht' --relay http://127.0.0.1:8470",
    "alcove init --role client --passphrase-file FILE --recovery-words-file WORDS --yes",
  ]
  static let exits: [ExitStatus] = [.locked, .identity, .integrity, .cancelled]

  enum RoleName: String, ExpressibleByArgument, CaseIterable { case therapist, client }

  @Option(help: ArgumentHelp("Your name, as clients will see it.", valueName: "name"))
  var name: String?
  @Option(help: ArgumentHelp("therapist or client.", valueName: "role")) var role: RoleName?
  @Option(help: ArgumentHelp("The relay of a therapist.", valueName: "address")) var relay: String?
  @Option(help: ArgumentHelp("A name for this computer.", valueName: "name")) var device = "desk"
  @OptionGroup(title: "PRACTICE, OF A THERAPIST") var practice: PracticeOptions
  @Option(
    help: ArgumentHelp("Write the recovery words to this new file.", valueName: "file"),
    completion: .file())
  var recoveryWordsFile: String?
  @Flag(help: "Do not rehearse the recovery words, and ask nothing.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let console = tool.console
    try Session.requireNone(tool)
    guard recoveryWordsFile != nil || tool.prompter.canAsk else {
      throw Failure(
        .answerNeeded, "the recovery words must go somewhere, and there is no terminal",
        next: ["alcove init --recovery-words-file FILE --yes"])
    }
    console.say("This makes your identity and an encrypted store on this computer.")
    if tool.prompter.canAsk { console.say() }
    let role = try askRole(tool)
    let name = try askName(role, tool)
    let address = try role == .therapist ? askRelay(tool) : nil
    for text in [name, device] { _ = try LocalName(typed: text) }
    let new = NewProfile(
      role: role, name: name, relay: address?.pinnedText, device: device,
      practice: role == .therapist ? practice.practice(of: name) : nil,
      language: try practice.chosenLanguage() ?? .english)
    let passphrase = try NewPassphrase(tool).ask()
    if tool.prompter.canAsk { console.say() }
    if let address { try await greet(address, console) }

    try Session.requirePlace(tool)
    let words = try RecoveryWords(random: SystemRandom())
    // On paper or in the file before anything depends on them.
    let ceremony = WordsCeremony(tool: tool)
    try ceremony.handOver(words, to: recoveryWordsFile)
    let session: Session
    do {
      session = try Session.make(new, words: words, passphrase: passphrase, tool)
    } catch {
      // Words of a profile that does not exist would stand in the way of the next try.
      if let recoveryWordsFile { _ = unsafe unlink(recoveryWordsFile) }
      throw error
    }
    console.ok(
      role == .therapist
        ? "keys created: identity Ed25519, device \"\(Printable.line(device))\""
        : "vault and recovery key created; an identity is made for each invitation you accept")
    if recoveryWordsFile == nil, !yes {
      console.say(
        "The profile is made. Later you can rehearse with:  \(console.command("alcove recovery test"))"
      )
      try ceremony.rehearse(words)
    }
    let status = try session.alcove.status()
    console.emit(
      "profile",
      [
        "profile": .string(tool.directories.profile), "role": .string(role.rawValue),
        "name": .string(name), "device": .string(device), "relay": .optional(address?.pinnedText),
        "directory": .string(tool.directories.data),
        "recovery_words_file": .optional(recoveryWordsFile),
        "next": .strings(status.next.map(console.shown)),
      ])
    console.next(
      role == .therapist ? ["alcove invite NAME"] : ["alcove accept"])
    await session.close()
  }

  private func askRole(_ tool: Tool) throws(Failure) -> ConsentRole {
    if let role { return role == .therapist ? .therapist : .client }
    let choice = try tool.prompter.choice(
      "  You are:  (1) therapist  (2) client   ", of: ["therapist", "client"], flag: "--role")
    return choice == 0 ? .therapist : .client
  }

  private func askName(_ role: ConsentRole, _ tool: Tool) throws(Failure) -> String {
    if let name { return name }
    // A client signs with a name of its own in each relationship.
    if role == .client { return "me" }
    return try tool.prompter.text("Your name, as clients will see it", flag: "--name")
  }

  private func askRelay(_ tool: Tool) throws(Failure) -> RelayAddress {
    var text = relay ?? tool.configuration[.relay] ?? ""
    if text.isEmpty {
      text = try tool.prompter.text(
        "Relay", flag: "--relay", fallback: "http://127.0.0.1:8470")
    }
    let shown = Printable.line(text)
    let address: RelayAddress
    do throws(RelayAddressError) {
      address = try RelayAddress(text)
    } catch {
      throw Failure(.relayAddress, "\"\(shown)\" is not the address of a relay")
    }
    do {
      _ = try HTTPRelays().connection(to: address)
    } catch {
      throw Failure(
        .relayAddress,
        "\"\(shown)\" is plain HTTP to another computer: others on the way could read the access"
          + " tokens. A relay elsewhere has an address with https://")
    }
    return address
  }

  /// There is no profile yet that `alcove doctor` could look at.
  private static func refusal(_ code: EngineError.Code) -> Failure {
    var failure = Failure(EngineError(code))
    failure.safe = "No profile was made."
    failure.next = ["alcove explain \(code.rawValue)", "alcove init --relay ADDRESS"]
    return failure
  }

  /// A relay that does not answer is told, not refused: the profile may be made on a train. One that
  /// is not what its address names is refused.
  private func greet(_ address: RelayAddress, _ console: Console) async throws {
    do {
      let description = try await HTTPRelays().connection(to: address).describe()
      let days =
        description.retentionDays.map { "messages kept \($0) days" }
        ?? "messages kept without a limit"
      console.ok("relay answers, \(days)")
    } catch RelayError.wrongPin {
      throw Self.refusal(.relayWrongPin)
    } catch RelayError.untrusted {
      throw Self.refusal(.relayUntrusted)
    } catch RelayError.malformedAnswer {
      throw Self.refusal(.relayForeign)
    } catch {
      console.warn("the relay does not answer now; `alcove doctor` tries again")
    }
  }
}
