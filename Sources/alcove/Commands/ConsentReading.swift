// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Certificates
import Consent
import Engine

/// `alcove consent show [NAME]`
struct ConsentShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "the consent in force, in plain language", usage: "[NAME]")
  static let examples = ["alcove consent show", "alcove consent show mara --json"]
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.profile

  @Argument(help: "With whom; everybody without it.") var name: String?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let names =
      try name.map { [try LocalName(typed: $0)] }
      ?? session.alcove.people().filter { $0.consent != nil || $0.state == .damaged }.map(\.name)
    var failure: Failure?
    for (index, name) in names.enumerated() {
      if index > 0 { tool.console.line() }
      tool.console.line(tool.console.outStyle(.strong, tool.console.shown(name.text)))
      do {
        ConsentShow(
          view: try session.alcove.consent(with: name),
          now: ConsentTime(clamping: LocalTime.now.seconds), console: tool.console
        ).show()
      } catch {
        guard error.isDamage else { throw error }
        tool.console.warn(damage: error)
        failure = failure ?? Failure(error)
      }
    }
    if names.isEmpty {
      tool.console.say("There is no consent record yet.")
      tool.console.next(try session.alcove.status().next.map(tool.console.shown))
    }
    await session.close()
    if let failure { throw failure }
  }
}

/// `alcove consent history NAME`
struct ConsentHistoryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "every line, signature and date, in order", usage: "NAME")
  static let examples = ["alcove consent history mara", "alcove consent history mara --json"]
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.profile

  @Argument(help: "With whom.") var name: String
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let view = try session.alcove.consent(with: LocalName(typed: name))
    let console = tool.console
    for entry in ConsentHistory(view.ledger).entries {
      let time = LocalTime(seconds: entry.time.seconds)
      console.line(
        "  line \(TextWidth.pad(String(entry.index), to: 4))"
          + TextWidth.pad(entry.kind.rawValue, to: 13)
          + TextWidth.pad(TextWidth.clip(console.shown(entry.name), to: 20), to: 22)
          + "\(time.isoDate) \(time.clock)")
      console.line("            \(Printable.line(entry.summary))")
      console.line(
        console.outStyle(
          .faint,
          "            signed by device key \(hexadecimal(entry.key.bytes.prefix(6))), serial"
            + " \(entry.serial.value); head \(hexadecimal(entry.head.bytes.prefix(6)))"))
      console.emit(
        "consent_line",
        [
          "line": .count(entry.index), "kind": .string(entry.kind.rawValue),
          "author": .string(entry.author.rawValue), "name": .string(console.shown(entry.name)),
          "time": .string(entry.time.rfc3339), "summary": .string(entry.summary),
          "hash": .string(hexadecimal(entry.hash.bytes)),
          "head": .string(hexadecimal(entry.head.bytes)),
          "key": .string(hexadecimal(entry.key.bytes)), "serial": .count(entry.serial.value),
          "phase": .string(entry.phase.token), "declared_void": .count(entry.declaredVoid),
        ])
    }
    if let pending = view.pending {
      console.say(
        "  \(Sentence.text(pending.sentence)) Signed here, on its way:  \(console.command("alcove sync"))"
      )
    }
    await session.close()
  }
}

/// `alcove consent audit [NAME]`
struct ConsentAuditCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "re-check everything from the bytes", usage: "[NAME]")
  static let examples = ["alcove consent audit", "alcove consent audit mara"]
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.profile

  @Argument(help: "With whom; everybody without it.") var name: String?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let names =
      try name.map { [try LocalName(typed: $0)] }
      // What is not counter-signed yet has no channel and no epochs to check.
      ?? session.alcove.people().filter { $0.epoch != nil || $0.state == .damaged }.map(\.name)
    var failure: Failure?
    for name in names {
      do {
        let report = try session.alcove.audit(name)
        tool.console.line(tool.console.outStyle(.strong, tool.console.shown(name.text)))
        let view = AuditView(
          audit: report.audit, console: tool.console, subject: tool.console.shown(name.text),
          quarantined: report.quarantined, lodged: report.lodged)
        view.show()
        try view.judge()
      } catch let error as EngineError {
        guard error.isDamage else { throw error }
        tool.console.line(tool.console.outStyle(.strong, tool.console.shown(name.text)))
        tool.console.warn(damage: error)
        failure = failure ?? Failure(error)
      } catch let error as Failure {
        failure = error
      }
    }
    if names.isEmpty { tool.console.say("There is no consent record yet.") }
    await session.close()
    if let failure { throw failure }
  }
}

/// `alcove consent export NAME`
struct ConsentExportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "the ledger as a file that anybody can check",
    usage: "NAME")
  static let examples = [
    "alcove consent export mara > mara.jws", "alcove consent export mara --output mara.jws",
    "alcove consent export mara --receipts receipts.json > mara.jws",
  ]
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.profile

  @Argument(help: "With whom.") var name: String
  @Option(help: ArgumentHelp("jws; fhir and html are coming.", valueName: "format"))
  var format = "jws"
  @Option(
    name: [.short, .long], help: ArgumentHelp("Write to this new file.", valueName: "file"),
    completion: .file())
  var output: String?
  @Option(
    help: ArgumentHelp(
      "Write the relay's receipts for lines lodged from here to this new file.",
      valueName: "file"),
    completion: .file())
  var receipts: String?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    guard format == "jws" else {
      if format == "fhir" || format == "html" {
        throw Coming.failure("consent export --format \(format)")
      }
      throw Failure(.usage, "--format takes jws")
    }
    let session = try tool.open()
    let view = try session.alcove.consent(with: LocalName(typed: name))
    let file = ConsentExport.jws(view.ledger)
    if let receipts {
      let report = try session.alcove.audit(LocalName(typed: name))
      do throws(SystemFailure) {
        try Files.write(
          ReceiptFile.text(report.lodged, relationship: view.ledger.relationship.bytes),
          to: receipts, existing: .refuse)
      } catch {
        throw Failure(error, path: receipts)
      }
      let count = report.lodged.count
      tool.console.ok("\(count) receipt\(count == 1 ? "" : "s") in \(Printable.line(receipts))")
    }
    if let output {
      do throws(SystemFailure) {
        try Files.write(file, to: output, existing: .refuse)
      } catch {
        throw Failure(error, path: output)
      }
      tool.console.ok(
        "\(view.ledger.length) line\(view.ledger.length == 1 ? "" : "s") in \(Printable.line(output))"
      )
      tool.console.next("alcove consent verify \(Shell.quoted(output))")
      tool.console.emit(
        "exported", ["file": .string(output), "length": .count(view.ledger.length)])
    } else {
      tool.console.emit(
        "exported",
        [
          "jws": .string(String(decoding: file, as: UTF8.self)),
          "length": .count(view.ledger.length),
        ])
      if !tool.console.isJSON { try tool.console.data(file) }
    }
    await session.close()
  }
}

/// `alcove consent verify FILE`
struct ConsentVerifyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "check an export; needs no profile", usage: "FILE|-")
  static let examples = ["alcove consent verify mara.jws", "alcove consent verify - < mara.jws"]
  static let exits: [ExitStatus] = [.integrity]

  @Argument(help: ArgumentHelp("The file; - is stdin.", valueName: "file"), completion: .file())
  var file: String
  static let needsConfiguration = false

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) throws {
    let bytes = try Files.input(file, limit: ConsentExport.maximumBytes)
    let audit = ConsentAudit(export: bytes, now: ConsentTime(clamping: LocalTime.now.seconds))
    let view = AuditView(audit: audit, console: tool.console, subject: Printable.line(file))
    view.show()
    try view.judge()
    tool.console.say(
      "It proves what was signed, not that nothing newer exists: ask the other side for theirs.")
  }
}
