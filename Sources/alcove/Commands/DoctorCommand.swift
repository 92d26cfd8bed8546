// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine

/// `alcove doctor`
struct DoctorCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "check store, vault, permissions, clock, relay; say how to fix"
  )
  static let examples = ["alcove doctor", "alcove doctor --json"]
  static let exits: [ExitStatus] = ExitStatus.profile

  static let needsConfiguration = false

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let console = tool.console
    try Session.requireProfile(tool)
    var worst: Failure?
    var warnings = 0
    func show(_ subject: String, _ severity: Severity, _ finding: String, next: String?) {
      let mark =
        switch severity {
        case .information: console.outStyle(.good, "ok")
        case .warning: console.outStyle(.warning, "! ")
        case .failure: console.outStyle(.bad, "!!")
        }
      let label = TextWidth.pad(Printable.line(subject), to: 13)
      console.line("  \(mark)  \(label)  \(Printable.line(finding))")
      if let next { console.line("                     \(console.outStyle(.strong, next))") }
      if severity == .warning { warnings += 1 }
      console.emit(
        "check",
        [
          "subject": .string(subject), "severity": .string(severity.rawValue),
          "finding": .string(finding), "next": .optional(next),
        ])
    }

    let faults = Privacy.faults(of: tool.directories)
    for fault in faults { show("permissions", .failure, fault.finding, next: fault.mend) }
    if faults.isEmpty { show("permissions", .information, "yours alone", next: nil) }
    show(
      "process", ProcessHardening.isInForce ? .information : .warning,
      ProcessHardening.isInForce ? "no core files, no debugger" : "core files are possible",
      next: nil)
    if let first = faults.first {
      // What others can read is not opened.
      throw Failure(.openToOthers, first.finding, next: faults.map(\.mend))
    }
    do {
      let session = try tool.open()
      for check in await session.alcove.healthChecks() {
        let subject =
          check.subject + (check.name.map { " \(console.shown($0.text))" } ?? "")
        let finding = check.error.map { console.shown($0).message } ?? check.finding
        var next = check.next
        if console.discreet, check.name != nil {
          next = check.error.flatMap { EngineError($0.code).next.first }
        }
        show(subject, check.severity, finding, next: next)
        if check.severity == .failure, worst == nil {
          worst = Failure(.unhealthy, "\(subject): \(finding)", next: next.map { [$0] } ?? [])
        }
      }
      await session.close()
    } catch {
      let failure = console.shown(Failure(any: error))
      show("profile", .failure, failure.message, next: failure.next.first)
      throw failure
    }
    if let worst { throw worst }
    console.ok(warnings == 0 ? "all is well" : "nothing is broken; see what is marked with !")
  }
}
