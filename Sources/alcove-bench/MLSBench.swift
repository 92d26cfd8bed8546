// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MLS
import Primitives

/// Messages and commits, beside the signatures and key agreements that they consist of.
struct MLSBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mls", abstract: "Messages of 100 bytes and commits in groups of 2 to 128.")

  @Option(help: "The largest group.") var members = 128

  func run() throws {
    let before = try PrimitiveControl.measure()
    before.print("control before")
    var table = FigureTable("operation", "us", "in", "ratio", "target", "")
    for suite in [CipherSuite.x25519ChaCha20, .hybridAES256] {
      try messages(suite, &table)
      for size in [2, 32, 128] where size <= members { try commits(suite, size, &table) }
    }
    let after = try PrimitiveControl.measure()
    after.print("control after ")
    let drift = max(before.verify, after.verify) / min(before.verify, after.verify)
    print(drift <= 1.3 ? "" : "UNSTEADY: the controls differ by more than 30 %\n")
    table.print()
    print(
      """
      us: processor time of one thread, median. ratio: to one Ed25519 signature or verification, or to
      0.6 ms scaled by X25519 / 30 us, measured directly before the line. A fresh tree has no keys at its
      inner nodes, so that a commit encrypts to every member by itself; in a full one every second
      member has committed.
      """)
  }

  private func messages(_ suite: CipherSuite, _ table: inout FigureTable) throws {
    let control = try PrimitiveControl.measure()
    var (alice, others) = try BenchGroup.found(suite, 2)
    let content = SystemRandom().bytes(100)
    let random = SystemRandom()
    var sent: [MLSMessage] = []
    let protect = try Timing.median(count: 60) {
      sent.append(try alice.protect(content, random: random))
    }
    var next = 0
    let unprotect = try Timing.median(count: 60) {
      _ = try others[0].unprotect(sent[next])
      next += 1
    }
    let isTarget = suite.number == CipherSuite.x25519ChaCha20.number
    add(&table, "protect 100 B", suite, protect, control.sign, "sign", isTarget ? 3 : nil)
    add(&table, "unprotect 100 B", suite, unprotect, control.verify, "verify", isTarget ? 3 : nil)
  }

  private func commits(
    _ suite: CipherSuite, _ size: Int, _ table: inout FigureTable
  ) throws {
    let fresh = try BenchGroup.found(suite, size)
    try commit(suite, size, "fresh", fresh.founder, fresh.others[0], &table)
    guard size > 2 else { return }
    let full = try BenchGroup.filled(fresh)
    try commit(suite, size, "full", full.founder, full.others[0], &table)
  }

  private func commit(
    _ suite: CipherSuite, _ size: Int, _ tree: String, _ founder: Group, _ other: Group,
    _ table: inout FigureTable
  ) throws {
    let control = try PrimitiveControl.measure()
    let random = SystemRandom()
    var pending: PendingCommit?
    let count = size == 2 ? 20 : 2
    let commit = try Timing.median(rounds: 9, count: count) {
      var group = founder
      pending = try group.commit(validation: BenchGroup.validation, random: random)
    }
    guard let message = pending?.message else { return }
    let process = try Timing.median(rounds: 9, count: count) {
      var group = other
      _ = try group.process(message, validation: BenchGroup.validation)
    }
    let isTarget = size == 2 && suite.number == CipherSuite.x25519ChaCha20.number
    let unit = control.agree * 20
    let name = size == 2 ? "2 members" : "\(size) members, \(tree)"
    add(&table, "commit, \(name)", suite, commit, unit, "20 X25519", isTarget ? 1 : nil)
    add(&table, "process, \(name)", suite, process, unit, "20 X25519", isTarget ? 1 : nil)
  }

  private func add(
    _ table: inout FigureTable, _ name: String, _ suite: CipherSuite, _ time: Duration,
    _ unit: Duration, _ unitName: String, _ target: Double?
  ) {
    let ratio = time / unit
    table.add(
      "\(suite.number.rawValue == 3 ? "suite 3" : "hybrid "): \(name)",
      figure(time.microseconds), unitName, figure(ratio, 2),
      target.map { "<= \(figure($0, 0))" } ?? "", target.map { verdict(ratio <= $0) } ?? "")
  }
}
