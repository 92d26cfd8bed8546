// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove consent amend NAME`
struct ConsentAmendCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "amend", abstract: "change scopes (client)", usage: "NAME")
  static let examples = [
    "alcove consent amend albrecht --scope voice=yes --scope questionnaires=no"
  ]
  static let exits = ConsentLine.exits

  @Argument(help: "With whom.") var name: String
  @Option(help: ArgumentHelp("A change, such as voice=yes.", valueName: "scope=yes|no"))
  var scope: [ScopeAnswer] = []
  @Flag(help: "Sign without asking.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let changes = try ScopeAnswer.collect(scope)
    guard !changes.isEmpty else {
      throw Failure(
        .usage, "say what changes: --scope voice=yes",
        next: ["alcove consent show \(tool.console.quoted(name))"])
    }
    let line = try ConsentLine(tool, name)
    let words = changes.sorted { $0.key < $1.key }.map {
      "\($0.key.words): \($0.value ? "yes, once counter-signed" : "no, from now")"
    }
    try line.ask(words.joined(separator: "; ") + ".   Sign?", yes: yes)
    try await line.report(try await line.alcove.amendConsent(with: line.name, changes: changes))
  }
}

/// `alcove consent renew NAME`
struct ConsentRenewCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "renew", abstract: "extend the dates, or answer new terms (client)", usage: "NAME")
  static let examples = [
    "alcove consent renew albrecht --until 2027-12-31",
    "alcove consent renew albrecht --scope text=yes --scope voice=no   (answers new terms)",
  ]
  static let exits = ConsentLine.exits

  @Argument(help: "With whom.") var name: String
  @Option(help: ArgumentHelp("The new last day.", valueName: "date")) var until: DateArgument?
  @Option(
    help: ArgumentHelp("An answer to new terms; one per scope.", valueName: "scope=yes|no"))
  var scope: [ScopeAnswer] = []
  @Flag(help: "Sign without asking.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let line = try ConsentLine(tool, name)
    let view = try line.alcove.consent(with: line.name)
    let summary = ConsentSummary(
      view.ledger, state: view.state, at: ConsentTime(clamping: LocalTime.now.seconds))
    if summary.newTermsWait, !scope.isEmpty || until == nil {
      return try await answer(view, summary, line)
    }
    guard scope.isEmpty else {
      throw Failure(
        .usage, "there are no new terms to answer; to change scopes use `alcove consent amend`",
        next: ["alcove consent show \(tool.console.quoted(name))"])
    }
    let last = until?.consentTime ?? view.state.newestOffer.terms.validUntil
    guard last > ConsentTime(clamping: LocalTime.now.seconds) else {
      throw Failure(
        .usage, "\(last.day) has passed; say until when: --until DATE",
        next: ["alcove consent renew \(tool.console.quoted(name)) --until DATE"])
    }
    try line.ask("Your consent continues until \(last.day), once counter-signed.   Sign?", yes: yes)
    try await line.report(try await line.alcove.renewConsent(with: line.name, until: last))
  }

  /// Shows the new form, asks each scope, and signs a new grant.
  private func answer(
    _ view: ConsentView, _ summary: ConsentSummary, _ line: ConsentLine
  ) async throws {
    let form = FormView(terms: view.state.newestOffer.terms, console: line.tool.console)
    form.showShort()
    let answers = try form.answers(
      given: try ScopeAnswer.collect(scope), yes: yes, prompter: line.tool.prompter)
    try form.decide(
      yes: yes, answers: answers, signAs: summary.client ?? "", prompter: line.tool.prompter)
    try await line.report(
      try await line.alcove.grantConsent(
        with: line.name, answers: answers, until: until?.consentTime))
  }
}

/// `alcove consent withdraw NAME`
struct ConsentWithdrawCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "withdraw, in whole or for one scope (client)",
    usage: "NAME")
  static let examples = [
    "alcove consent withdraw albrecht --scope questionnaires", "alcove consent withdraw albrecht",
    "alcove consent withdraw albrecht --to withdrawal.txt   (hand it over when no channel works)",
  ]
  static let exits = ConsentLine.exits

  @Argument(help: "From whom.") var name: String
  @Option(help: ArgumentHelp("Only this; may be repeated.", valueName: "scope"))
  var scope: [ScopeName] = []
  @Option(
    help: ArgumentHelp("Also write it to this file, to hand over.", valueName: "file"),
    completion: .file())
  var to: String?
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let line = try ConsentLine(tool, name, answered: .own)
    let scopes = Set(scope.map(\.scope))
    let what =
      scopes.isEmpty
      ? "From now: nothing more, in either direction. Everything stays readable."
      : "From now: no more \(scopes.sorted().map(\.words).joined(separator: ", ")). The rest continues."
    // As easy as giving it: asked once, no reason.
    try line.ask(what + "   Withdraw?", yes: yes)
    let withdrawal: Withdrawal = scopes.isEmpty ? .everything : .scopes(scopes)
    if let to { return try await hand(over: withdrawal, to: to, line) }
    let who = tool.console.shown(line.name.text)
    try await line.report(
      try await line.alcove.withdrawConsent(with: line.name, withdrawal),
      effect: "It binds this device now, and \(who) when their device reads it.",
      handedOver: (["alcove consent withdraw \(Shell.quoted(name))"]
        + scopes.sorted().map { "--scope \($0.rawValue)" } + ["--to FILE"])
        .joined(separator: " "))
  }

  /// Signed and binding here; the next sync carries it too, if there is one.
  private func hand(over withdrawal: Withdrawal, to path: String, _ line: ConsentLine) async throws
  {
    // A place that cannot be written is found out before anything is signed.
    let place = try Files.Reservation(path)
    let file = try line.alcove.withdrawConsentToFile(with: line.name, withdrawal)
    do throws(Failure) {
      try place.fill(file)
    } catch {
      var failure = error
      failure.safe =
        "The withdrawal is signed and binds this device; only the file was not written."
      let who = line.tool.console.quoted(line.name)
      failure.next = ["alcove sync", "alcove consent withdraw \(who) --to OTHER-FILE"]
      throw failure
    }
    let console = line.tool.console
    let isOver = try line.alcove.person(line.name).state == .void
    console.ok(
      "signed; it binds this device now. It is in \(Printable.line(path)), and not sent"
        + (isOver
          ? ": no channel leads there, so that it counts there once it is handed over."
          : " yet: the next sync takes it along, where the channel works."))
    console.say("There:  alcove consent import \(Shell.quoted(path))")
    if !isOver { console.next("alcove sync") }
    console.emit(
      "consent_line",
      [
        "person": .string(console.shown(line.name.text)), "kind": "withdraw",
        "file": .string(path),
      ])
    await line.session.close()
  }
}

/// `alcove consent import FILE`
struct ConsentImportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "take a withdrawal that was handed over", usage: "FILE|-")
  static let examples = ["alcove consent import withdrawal.txt"]
  static let exits = ConsentLine.exits

  @Argument(help: ArgumentHelp("The file; - is stdin.", valueName: "file"), completion: .file())
  var file: String
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let bytes = try Files.input(file, limit: 1 << 20)
    let session = try tool.open()
    let (name, posted) = try await session.alcove.importWithdrawal(bytes)
    let line = ConsentLine(tool: tool, session: session, name: name)
    // The client signed it; here it is carried, or was carried before.
    try await line.report(
      posted, done: { "the client's withdrawal is line \($0) of the record." },
      effect: "It binds this device now.")
  }
}

/// `alcove consent acknowledge NAME`
struct ConsentAcknowledgeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge", abstract: "counter-sign what needs a decision (therapist)",
    usage: "NAME")
  static let examples = [
    "alcove consent acknowledge mara", "alcove consent acknowledge mara --yes",
  ]
  static let exits = ConsentLine.exits

  @Argument(help: "Whose line.") var name: String
  @Flag(help: "Sign without asking.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let line = try ConsentLine(tool, name)
    let view = try line.alcove.consent(with: line.name)
    let decision = DecisionView(
      view: view, now: ConsentTime(clamping: LocalTime.now.seconds), console: tool.console)
    guard let shown = decision.line else {
      throw Failure(EngineError(.nothingToAcknowledge, about: line.name.text))
    }
    decision.show()
    try line.ask("Counter-sign?", yes: yes)
    // The line that was shown, and no other that came meanwhile.
    try await line.report(
      try await line.alcove.acknowledgeConsent(of: line.name, seen: shown))
  }
}

/// `alcove consent terms NAME`
struct ConsentTermsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "terms", abstract: "offer new terms (therapist)", usage: "NAME")
  static let examples = [
    "alcove consent terms mara --offer text --offer voice --until 2028-06-30",
    "alcove consent terms mara --form form.txt",
  ]
  static let exits = ConsentLine.exits

  @Argument(help: "To whom.") var name: String
  @OptionGroup(title: "TERMS") var terms: TermsOptions
  @Flag(help: "Sign without asking.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let line = try ConsentLine(tool, name)
    let view = try line.alcove.consent(with: line.name)
    guard view.person.epoch != nil else {
      throw Failure(EngineError(.notYetConnected, about: line.name.text))
    }
    let changed = try terms.changing(view.state.newestOffer.terms)
    let scopes = changed.scopes.map(\.scope.words).joined(separator: ", ")
    try line.ask(
      "New terms: \(scopes), until \(changed.validUntil.day). Nothing changes before the client"
        + " agrees.   Sign?", yes: yes)
    try await line.report(try await line.alcove.proposeTerms(to: line.name, changed))
  }
}

/// `alcove consent end NAME`
struct ConsentEndCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "end the relationship; retention starts", usage: "NAME")
  static let examples = [
    "alcove consent end mara", "alcove consent end mara --dry-run", "alcove consent end mara --yes",
  ]
  static let exits = ConsentLine.exits

  @Argument(help: "With whom.") var name: String
  @Flag(help: "Say what would happen, and do nothing.") var dryRun = false
  @Flag(help: "Do not ask for the name.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let line = try ConsentLine(tool, name, answered: .theirs)
    let what =
      line.isEarly
      ? "This gives up an answer that is dated ahead and not taken yet, for good. The invitation is"
        + " over; another can take its name."
      : "This ends the relationship for both, for good. Coming back is a new invitation. Everything"
        + " stays readable until it is to be erased."
    if dryRun {
      _ = try line.alcove.consent(with: line.name)
      tool.console.say(what + " (nothing was done)")
      tool.console.emit("dry_run", ["person": .string(name), "text": .string(what)])
      return await line.session.close()
    }
    if !yes { try tool.prompter.typeName(line.name.text, toDo: what + "\n") }
    guard line.isEarly else {
      return try await line.report(try await line.alcove.endRelationship(with: line.name))
    }
    try await line.alcove.giveUpAnswer(of: line.name)
    let who = tool.console.shown(name)
    tool.console.emit("answer_given_up", ["person": .string(who)])
    tool.console.ok("given up; \(who) needs a new invitation.")
    tool.console.next("alcove invite \(tool.console.quoted(line.name))")
    await line.session.close()
  }
}
