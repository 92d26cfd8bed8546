// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove send NAME [TEXT|-]`
struct SendCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "send text: typed, piped in, or as an argument",
    usage: "NAME [TEXT|-]")
  static let examples = [
    "alcove send mara", "alcove send mara - < letter.txt",
    "alcove send mara --kind questionnaires - < phq9.txt",
    "alcove send mara --require-verified",
  ]
  static let exits: [ExitStatus] = [.notFound, .consent] + ExitStatus.relay

  @Argument(help: "To whom.") var name: String
  @Argument(
    help: ArgumentHelp("The text; - reads stdin; without it you are asked.", valueName: "text"))
  var text: String?
  @Option(help: ArgumentHelp("The scope it is sent under.", valueName: "scope"))
  var kind = ScopeName(.text)
  @Flag(help: "Refuse unless the safety number has been compared (exit 6).")
  var requireVerified = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let name = try LocalName(typed: name)
    // Whoever types a letter should not learn at its end that the passphrase was wrong.
    let session = try tool.open()
    let bytes = try MessageText(argument: text).bytes(tool, to: name)
    let sent = try await session.alcove.send(
      bytes, to: name, scope: kind.scope,
      policy: requireVerified ? .requireVerified : .allowUnverified)
    report(sent, to: name, on: tool)
    await session.close()
    if let obstacle = sent.obstacle { throw Failure(kept: obstacle) }
  }

  private func report(_ sent: Sent, to name: LocalName, on tool: Tool) {
    let console = tool.console
    let time = LocalTime(seconds: sent.time)
    console.emit(
      "sent",
      [
        "person": .string(console.shown(name.text)), "id": .string(hexadecimal(sent.id)),
        "delivery": .string(sent.delivery.rawValue), "sent_at": .time(time),
        "unverified": .bool(sent.unverified),
        "obstacle": .optional(sent.obstacle?.code.rawValue),
      ])
    if sent.obstacle == nil {
      console.ok(
        "at the relay \(time.clock). \(console.shown(name.text)) sees it when their device next connects."
      )
    }
    if sent.unverified {
      console.warn(
        "not verified: compare numbers once:  \(console.command("alcove verify \(console.quoted(name))"))"
      )
    }
    if text != nil, text != "-" { Hints(tool).once(.textInArguments) }
  }
}

extension ScopeName {
  init(_ scope: Scope) { self.scope = scope }
}
