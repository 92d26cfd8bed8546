// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// What an audit checked and found; the same for a profile's own ledger and for an export.
struct AuditView {
  let audit: ConsentAudit
  let console: Console
  /// Whose consent, or which file.
  let subject: String
  var quarantined = 0
  /// What this device lodged, with the relay's word for it.
  var lodged: [Lodgement] = []

  func show() {
    for report in audit.lines {
      let kind = report.line?.kind.rawValue ?? "?"
      let author = report.verified?.author.role.rawValue ?? ""
      let verdict =
        report.findings.isEmpty
        ? console.outStyle(.good, "ok")
        : console.outStyle(.bad, report.verified == nil ? "FAILS" : "note")
      console.line(
        "  line \(TextWidth.pad(String(report.index), to: 4))\(TextWidth.pad(kind, to: 13))"
          + TextWidth.pad(author, to: 11) + verdict
          + (day(of: report.index).map { "  lodged at the relay on \($0)" } ?? ""))
    }
    for finding in audit.findings {
      console.line("  \(console.outStyle(.bad, "!"))  \(Printable.line(finding.description))")
    }
    if audit.isClean {
      var words = "chain unbroken, \(count(audit.lines.count, "line"))"
      if audit.epochsChecked > 0 {
        words += "; \(count(audit.epochsChecked, "epoch")), each bound to its head"
        words += "; \(count(audit.messagesChecked, "message")), each under the consent in force"
      }
      console.line("  " + words)
    }
    if quarantined > 0 {
      console.line("  \(count(quarantined, "message")) kept apart: not covered, so not shown")
    }
    console.emit(
      "audit",
      [
        "subject": .string(subject), "clean": .bool(audit.isClean),
        "lines": .array(audit.lines.map(json)),
        "epochs_checked": .count(audit.epochsChecked),
        "messages_checked": .count(audit.messagesChecked), "quarantined": .count(quarantined),
        "findings": .array(
          audit.findings.map { finding in
            [
              "place": .string(finding.place.description),
              "code": .string(finding.problem.code),
              "text": .string(finding.problem.description),
            ]
          }),
        "length": .optional(audit.ledger.map { Int64($0.length) }),
        "head": .optional(audit.ledger.map { hexadecimal($0.head.bytes) }),
      ])
  }

  func judge() throws(Failure) {
    guard !audit.isClean else { return console.ok("no findings") }
    let count = audit.findings.count
    throw Failure(
      .auditFindings, "\(count == 1 ? "one finding" : "\(count) findings") in \(subject)",
      next: ["alcove explain audit"])
  }

  private func json(_ report: ConsentAudit.LineReport) -> JSON {
    [
      "line": .count(report.index), "kind": .optional(report.line?.kind.rawValue),
      "author": .optional(report.verified?.author.role.rawValue),
      "time": .optional(report.line?.time.rfc3339),
      "ok": .bool(report.findings.isEmpty), "lodged_on": .optional(day(of: report.index)),
    ]
  }

  /// The UTC day of the relay's receipt.
  private func day(of line: Int) -> String? {
    lodged.first { $0.line == line }.map { $0.date }
  }

  private func count(_ number: Int, _ what: String) -> String {
    number == 1 ? "1 \(what)" : "\(number) \(what)s"
  }
}
