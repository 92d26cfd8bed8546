// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import MLS
import Primitives

/// Messages, commits and joins, beside the signatures and key agreements that they consist of.
struct MLSBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mls", abstract: "Messages, commits and joins in groups of 2 to 1,000.")

  @Option(help: "The largest group.") var members = 1000
  @Flag(help: "Leave out the hybrid suite.") var classicOnly = false

  func run() throws {
    let before = try PrimitiveControl.measure()
    before.print("control before")
    try printKEMs()
    print("")
    for suite in classicOnly ? [.x25519ChaCha20] : [CipherSuite.x25519ChaCha20, .hybridAES256] {
      print("\(suite.name)\n")
      var table = FigureTable(
        "operation", "us", "floor us", "/ floor", "/ library", "/ mlspp", "bar", "")
      for size in [2, 32, 128, 1000] where size <= members { try rows(suite, size, &table) }
      table.print()
    }
    let after = try PrimitiveControl.measure()
    after.print("control after ")
    let drift = max(before.verify, after.verify) / min(before.verify, after.verify)
    print(
      """
      \(drift <= 1.3 ? "" : "UNSTEADY: the controls differ by more than 30 %\n")
      Medians of rounds, each of which measures the controls and then the operation; processor time of one
      thread. floor: the signatures, verifications, key pairs and bare KEM operations that RFC 9420 asks for.
      library: the same with the whole of the library's HPKE in place of the bare KEM. mlspp: its figure on
      another machine, scaled by verification and X25519 of the round. bar: the part of mlspp's figure to be
      reached, or the floor where that is higher. In a fresh tree, as mlspp was measured in, all members were
      added by one commit, so that a commit encrypts to each of them; in a full one all inner nodes have keys.
      """)
  }

  private func printKEMs() throws {
    for (name, kem) in [
      ("X25519", try KEMControl.x25519(count: 200)), ("X-Wing", try KEMControl.xWing(count: 100)),
    ] {
      let times = [kem.generate, kem.encapsulate, kem.decapsulate, kem.seal, kem.open].map {
        figure($0.microseconds)
      }
      print(
        "\(name) of the library: key pair \(times[0]) us, encapsulation \(times[1]), decapsulation "
          + "\(times[2]), HPKE seal \(times[3]), open \(times[4])")
    }
    let bytes = SystemRandom().bytes(1 << 16)
    let rates = [HashAlgorithm.sha256, .sha384].map { hash in
      figure(65.536 / Timing.mean(count: 50) { _ = hash.hash(bytes) }.microseconds * 1000, 0)
    }
    print("SHA-256 \(rates[0]) MB/s, SHA-384 \(rates[1])")
  }

  private func rows(
    _ suite: CipherSuite, _ size: Int, _ table: inout FigureTable
  ) throws {
    let isHybrid = suite.hpke.kem == .xWing
    var group = try BenchGroup(suite, size)
    if size == 2 { try messages(group, isHybrid, &table) }
    try commits(group, isHybrid, "\(size)\(size == 2 ? "" : ", fresh")", isFresh: true, &table)
    if size > 2 {
      if size == 1000 { try memberships(group, isHybrid, &table) }
      try group.fill()
      try commits(group, isHybrid, "\(size), full", isFresh: false, &table)
    }
  }

  private func messages(
    _ group: BenchGroup, _ isHybrid: Bool, _ table: inout FigureTable
  ) throws {
    let random = SystemRandom()
    let content = random.bytes(100)
    var alice = group.founder
    var bob = group.second
    var sent: [MLSMessage] = []
    try add(
      &table, "protect 100 B", MLSFloor(signatures: 1), isHybrid, isHybrid ? nil : .protect,
      rounds: 25, count: 40
    ) { sent.append(try alice.protect(content, random: random)) }
    var next = 0
    try add(
      &table, "unprotect 100 B", MLSFloor(verifications: 1), isHybrid, isHybrid ? nil : .unprotect,
      rounds: 25, count: 40
    ) {
      _ = try bob.unprotect(sent[next])
      next += 1
    }
  }

  private func commits(
    _ group: BenchGroup, _ isHybrid: Bool, _ name: String, isFresh: Bool,
    _ table: inout FigureTable
  ) throws {
    let size = group.packages.count + 1
    let (steps, recipients) = group.path
    let isLong = recipients > 200
    var message: MLSMessage?
    try add(
      &table, "commit, \(name)",
      MLSFloor(signatures: 2, keyPairs: steps + 1, encapsulations: recipients), isHybrid,
      isFresh ? .commit(hybrid: isHybrid, size: size) : nil, rounds: isLong ? 5 : 15,
      count: max(1, 50 / recipients)
    ) {
      var founder = group.founder
      message = try founder.commit(validation: BenchGroup.validation, random: SystemRandom())
        .message
    }
    guard let message else { return }
    try add(
      &table, "process, \(name)",
      MLSFloor(verifications: 2, keyPairs: steps, decapsulations: 1), isHybrid,
      isFresh ? .process(hybrid: isHybrid, size: size) : nil, rounds: 15, count: 8
    ) {
      var second = group.second
      _ = try second.process(message, validation: BenchGroup.validation)
    }
  }

  /// Adding all and being added, and what a member takes in memory.
  private func memberships(
    _ group: BenchGroup, _ isHybrid: Bool, _ table: inout FigureTable
  ) throws {
    let others = group.packages.count
    let (steps, _) = group.path
    let floor = MLSFloor(
      signatures: 3, verifications: 2 * others, keyPairs: 1, encapsulations: others)
    for tree in [CommitOptions.TreeInWelcome.leaveOut, .include] {
      let isSlow = isHybrid && tree == .include
      try add(
        &table, "add \(others), tree \(tree == .include ? "in" : "beside") the Welcome", floor,
        isHybrid, isHybrid ? nil : .addThousand, rounds: isSlow ? 1 : 3, count: 1
      ) { _ = try BenchGroup.add(group.packages, to: group.alone, tree: tree) }
    }
    try add(
      &table, "join a group of \(others + 1)",
      MLSFloor(verifications: others + 2, keyPairs: steps + 1, decapsulations: 1), isHybrid,
      .join(hybrid: isHybrid, size: others + 1), rounds: 9, count: 1
    ) { _ = try BenchGroup.join(group.welcome, group.packages[0], group.tree) }
    let memory = try MLSMember.measure(group)
    table.add(
      "member of a group of \(others + 1): resident MB",
      figure(Double(memory.resident) / 1024), figure(Double(memory.base) / 1024), "", "", "",
      "<= 40", verdict(memory.resident <= 40 * 1024))
  }

  private func add(
    _ table: inout FigureTable, _ name: String, _ floor: MLSFloor, _ isHybrid: Bool,
    _ reference: MLSReference?, rounds: Int, count: Int, _ body: () throws -> Void
  ) throws {
    let row = try MLSFigure(
      floor, hybrid: isHybrid, reference: reference, rounds: rounds, count: count, body)
    table.add(
      name, figure(row.time.microseconds), figure(row.floor.microseconds), figure(row.toFloor, 2),
      figure(row.toLibrary, 2), row.toReference.map { figure($0, 2) } ?? "",
      reference.map { "<= \(figure($0.share, 1))" } ?? "", row.isMet.map(verdict) ?? "")
  }
}
