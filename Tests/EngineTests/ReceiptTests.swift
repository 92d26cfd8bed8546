// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// The relay's word for turns that carried a consent line.
@Suite struct ReceiptTests {
  /// The lines of which a person's audit says that they were lodged.
  private static func lodged(_ someone: Someone, _ name: LocalName) throws -> [Int] {
    let report = try someone.alcove.audit(name)
    #expect(report.audit.isClean)
    return report.lodged.map(\.line)
  }

  @Test func `a withdrawal is lodged, and its author can show it`() async throws {
    let practice = try await Practice.connected()
    _ = try await practice.mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.text]))
    try await practice.settle()
    try practice.expectAgreement()
    let report = try practice.mara.alcove.audit(practice.inesName)
    let lodgement = try #require(report.lodged.last)
    #expect(report.audit.lines[lodgement.line].line?.kind == .withdraw)
    let receipt = TurnReceipt(day: lodgement.day, signature: lodgement.signature)
    #expect(lodgement.identity == practice.relay.identity.publicKey)
    let entry = try #require(
      practice.relay.entries(of: try ChannelID(bytes: lodgement.channel))
        .first { $0.position.value == lodgement.position })
    let turn = TurnReceipt.Turn(
      channel: try ChannelID(bytes: lodgement.channel), id: entry.id, named: entry.named,
      at: LogAt(position: entry.position, chain: entry.chain))
    #expect(receipt.holds(for: turn, by: lodgement.identity))
    // Whoever only read it has none.
    #expect(try !Self.lodged(practice.ines, practice.maraName).contains(lodgement.line))
  }

  @Test(arguments: [TestNetwork.Fault.loseAnswer, .loseRequest])
  func `a lost answer costs no receipt`(fault: TestNetwork.Fault) async throws {
    let practice = try await Practice.connected()
    let before = try Self.lodged(practice.mara, practice.inesName).count
    practice.mara.network.fail { $0 == .append ? fault : .none }
    _ = try? await practice.mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.text]))
    practice.mara.network.heal()
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try Self.lodged(practice.mara, practice.inesName).count == before + 1)
  }

  @Test func `a receipt by somebody else is told, and the line has landed all the same`()
    async throws
  {
    let practice = try await Practice.connected()
    let before = try Self.lodged(practice.mara, practice.inesName).count
    // The relay as it was first met was another.
    let owner = try practice.mara.alcove.owner(of: practice.inesName)
    let alcove = practice.mara.alcove
    try alcove.store.transaction(alcove.keys()) { tx in
      try tx.put([UInt8](repeating: 9, count: 32), .note, owner, RecordKey(1))
    }
    // The line lands, its answer is lost; what asks for the receipt again is a sync, which tells.
    practice.mara.network.fail { $0 == .append ? .loseAnswer : .none }
    _ = try? await alcove.withdrawConsent(with: practice.inesName, .scopes([.text]))
    practice.mara.network.heal()
    let told = try await alcove.sync().events
    #expect(
      told.contains { if case .notice(_, .receiptWrong) = $0 { true } else { false } })
    try await practice.settle()
    try practice.expectAgreement()
    let line = try #require(try alcove.consent(with: practice.inesName).ledger.lines.last)
    #expect(line.kind == .withdraw)
    #expect(try Self.lodged(practice.mara, practice.inesName).count == before)
  }

  @Test func `a wrong receipt is a notice, and a receipt changed in the store a finding`()
    async throws
  {
    let practice = try await Practice.connected()
    let alcove = practice.mara.alcove
    let owner = try alcove.owner(of: practice.inesName)
    _ = try await alcove.withdrawConsent(
      with: practice.inesName, .scopes([.text]))
    try await practice.settle()
    let line = UInt64(try alcove.consent(with: practice.inesName).ledger.lines.count - 1)
    let key = RecordKey(line)
    let kept = try alcove.store.read(alcove.keys()) {
      try #require(try $0.get(ReceiptRecord.self, .receipt, owner, key))
    }
    let good = try #require(kept.receipt)

    // Told when it comes.
    var signature = good.signature
    signature[0] ^= 1
    for forged in [
      TurnReceipt(day: good.day, signature: signature),
      TurnReceipt(day: good.day + 1, signature: good.signature),
    ] {
      var run = Run()
      try alcove.store.transaction(alcove.keys()) { tx in
        try tx.put(
          ReceiptRecord(turn: kept.turn, before: kept.before), .receipt, owner, key)
      }
      try alcove.step(owner, &run) {
        try $0.keepReceipt(
          Appended(
            at: kept.turn.at, isReplay: true, incarnation: practice.relay.incarnation,
            receipt: forged), line: line)
      }
      #expect(run.events.count == 1)
      guard case .notice(_, .receiptWrong(line: Int(line)))? = run.events.first else {
        Issue.record("no notice")
        return
      }
      #expect(try !Self.lodged(practice.mara, practice.inesName).contains(Int(line)))
    }

    // Found when it was changed afterwards.
    var changed = kept
    changed.receipt = TurnReceipt(day: good.day + 1, signature: good.signature)
    try alcove.store.transaction(alcove.keys()) { try $0.put(changed, .receipt, owner, key) }
    let report = try alcove.audit(practice.inesName)
    #expect(report.audit.findings.map(\.place) == [.line(Int(line))])
    #expect(!report.lodged.contains { $0.line == Int(line) })
  }

  @Test func `a relay that gives no receipts is asked once`() async throws {
    let practice = try await Practice.connected()
    let alcove = practice.mara.alcove
    let owner = try alcove.owner(of: practice.inesName)
    _ = try await alcove.withdrawConsent(
      with: practice.inesName, .scopes([.text]))
    try await practice.settle()
    let line = UInt64(try alcove.consent(with: practice.inesName).ledger.lines.count - 1)
    let kept = try alcove.store.read(alcove.keys()) {
      try #require(try $0.get(ReceiptRecord.self, .receipt, owner, RecordKey(line)))
    }
    var run = Run()
    try alcove.store.transaction(alcove.keys()) { tx in
      try tx.put(
        ReceiptRecord(turn: kept.turn, before: kept.before), .receipt, owner, RecordKey(line))
    }
    #expect(try alcove.look(owner) { try $0.wantedReceipts().count } == 1)
    try alcove.step(owner, &run) {
      try $0.keepReceipt(
        Appended(at: kept.turn.at, isReplay: true, incarnation: practice.relay.incarnation),
        line: line)
    }
    #expect(run.events.isEmpty)
    #expect(try alcove.look(owner) { try $0.wantedReceipts().isEmpty })
  }
}
