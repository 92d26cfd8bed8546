// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Room {
  /// The relay's identity as this relationship first met it: a small fact with a row of its own.
  private static let identityNote = RecordKey(1)

  /// Notes that the relay's word is wanted for the own turn that was just read back, with the ledger's last
  /// line in it.
  func wantReceipt(for entry: LogEntry, before: ChainHash) throws {
    let turn = TurnReceipt.Turn(
      channel: channel.id, id: entry.id, named: entry.named,
      at: LogAt(position: channel.read.position, chain: channel.read.chain))
    try tx.put(
      ReceiptRecord(turn: turn, before: before), .receipt, owner,
      RecordKey(UInt64(ledger.last.index)))
  }

  /// The turns for which the relay's word is wanted, each as the append that it was.
  func wantedReceipts() throws -> [(line: UInt64, append: Append)] {
    var wanted: [(line: UInt64, append: Append)] = []
    for (key, record) in try tx.scan(ReceiptRecord.self, .receipt, owner)
    where record.receipt == nil {
      guard let line = key.number,
        let entry = try tx.get(
          TailEntry.self, .tail, owner, RecordKey(record.turn.at.position.value)),
        entry.id == record.turn.id
      else { continue }
      wanted.append(
        (
          line,
          Append(
            channel: channel.id, token: entry.access, id: entry.id, turn: entry.turn,
            named: entry.named,
            // A relay that has lost it takes it where it was, and nowhere else.
            at: LogAt(position: record.turn.at.position, chain: record.before),
            envelope: entry.sealed)
        ))
    }
    return wanted
  }

  func relayIdentity() throws -> [UInt8]? { try tx.get(.note, owner, Self.identityNote) }

  /// Keeps the identity that the relay shows, unless one is known already.
  func meetRelay(_ identity: [UInt8]) throws {
    if try relayIdentity() == nil { try tx.put(identity, .note, owner, Self.identityNote) }
  }

  /// Takes the relay's word for a turn, if it holds; a wrong one is told, and nothing else depends on it.
  func keepReceipt(_ appended: Appended, line: UInt64) throws {
    let key = RecordKey(line)
    guard var record = try tx.get(ReceiptRecord.self, .receipt, owner, key),
      record.receipt == nil
    else { return }
    guard let receipt = appended.receipt, let identity = try relayIdentity() else {
      try tx.delete(.receipt, owner, key)
      return
    }
    // What it is signed for is what was read, not what the answer says.
    guard receipt.holds(for: record.turn, by: identity) else {
      try tx.delete(.receipt, owner, key)
      events.append(.notice(name, .receiptWrong(line: Int(line))))
      return
    }
    record.receipt = receipt
    record.identity = identity
    try tx.put(record, .receipt, owner, key)
  }
}
