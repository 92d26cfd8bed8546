// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove accept [LINK]`
struct AcceptCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "answer an invitation: read the form, answer, sign",
    usage: "[LINK|-]")
  static let examples = [
    "alcove accept   (asks for the link)", "alcove accept - < link.txt",
    "alcove accept --name albrecht --sign-as M. --scope text=yes --scope voice=no --yes < link.txt",
    "alcove accept --show",
  ]
  static let exits: [ExitStatus] = ExitStatus.relay

  @Argument(
    help: ArgumentHelp("The link; - reads stdin; without it you are asked.", valueName: "link"))
  var link: String?
  @Option(help: ArgumentHelp("What you call the therapist; only you see it.", valueName: "name"))
  var name: String?
  @Option(help: ArgumentHelp("The name or pseudonym you sign with.", valueName: "name"))
  var signAs: String?
  @Option(
    help: ArgumentHelp("An answer, such as text=yes; one per scope.", valueName: "scope=yes|no"))
  var scope: [ScopeAnswer] = []
  @Option(
    help: ArgumentHelp("End the consent on this day, before the terms do.", valueName: "date"))
  var until: DateArgument?
  @Option(help: ArgumentHelp("Who signs for the client.", valueName: "name"))
  var representative: String?
  @Option(help: ArgumentHelp("By what authority.", valueName: "text")) var authority: String?
  @Flag(help: "Show the whole form and sign nothing.") var show = false
  @Flag(help: "Sign without asking again.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let console = tool.console
    let given = try ScopeAnswer.collect(scope)
    if let signAs { try Self.requireSignable(signAs) }
    let session = try tool.open()
    let progress = Progress("fetching the offer", on: console)
    let offer = try await session.alcove.inspectInvitation(try InvitationLink(linkText(tool)))
    progress.end()
    let form = FormView(terms: offer.terms, console: console)
    form.emit(expires: offer.expires)
    if show {
      form.showAll()
      return await session.close()
    }
    form.showShort()
    let answers = try form.answers(given: given, yes: yes, prompter: tool.prompter)
    let pseudonym =
      try signAs
      ?? tool.prompter.text(
        "Sign as (a pseudonym is fine)", flag: "--sign-as NAME")
    try Self.requireSignable(pseudonym)
    let local = try LocalName(
      typed: name
        ?? (tool.prompter.canAsk && !yes
          ? try tool.prompter.text(
            "What do you call them here", flag: "--name NAME", fallback: offer.suggestedName.text)
          : offer.suggestedName.text))
    try form.decide(yes: yes, answers: answers, signAs: pseudonym, prompter: tool.prompter)
    if authority != nil, representative == nil {
      throw Failure(.usage, "--authority goes with --representative")
    }
    let (person, obstacle) = try await session.alcove.accept(
      offer,
      Acceptance(
        answers: answers, signedAs: pseudonym,
        representative: representative.map {
          Grant.Representative(name: $0, authority: authority ?? "not stated")
        },
        validUntil: until?.consentTime, name: local))
    let who = console.quoted(person)
    console.ok("signed: line 1 of your consent. The counter-signature is awaited.")
    console.emit(
      "accepted",
      [
        "person": .string(console.shown(person.text)), "signed_as": .string(pseudonym),
        "scopes": .object(
          answers.sorted { $0.key < $1.key }.map {
            JSON.Member(name: $0.key.rawValue, value: .bool($0.value))
          }),
      ])
    if link != nil, link != "-" { Hints(tool).once(.linkInArguments) }
    await session.close()
    if let obstacle { throw Failure(kept: obstacle) }
    console.next("alcove sync", "alcove verify \(who)    at your next session")
  }

  private static func requireSignable(_ name: String) throws(Failure) {
    let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
    guard (1...256).contains(name.utf8.count), !name.unicodeScalars.contains(where: isControl)
    else {
      throw Failure(.usage, "--sign-as takes 1 to 256 bytes without control characters")
    }
  }

  private func linkText(_ tool: Tool) throws(Failure) -> String {
    if let link, link != "-" { return trim(link) }
    if link == nil, Descriptor.standardInput.isTerminal, tool.prompter.canAsk {
      return try tool.prompter.text("The invitation link", flag: "LINK")
    }
    do throws(SystemFailure) {
      return trim(
        String(decoding: try Descriptor.standardInput.readAll(limit: 8192), as: UTF8.self))
    } catch {
      throw Failure(error, path: "standard input")
    }
  }
}
