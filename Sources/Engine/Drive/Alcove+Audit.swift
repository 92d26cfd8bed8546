// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import Consent
internal import EnvelopeStore
internal import MLS
internal import WireFormat

extension Alcove {
  /// The audit of one relationship, from the bytes in the store.
  func auditRoom(_ owner: RecordOwner) throws -> AuditReport {
    try store.read(keys()) { tx in
      let record = try record(of: owner, in: tx)
      let now = ConsentTime(clamping: clock.now())
      var audit = ConsentAudit(lines: try Room.lines(tx, owner), now: now)

      let epochs = try tx.scan(EpochHead.self, .epochHead, owner).compactMap { key, value in
        key.number.map { ConsentAudit.EpochBinding(epoch: $0, consent: value.consent) }
      }
      audit.check(epochs: epochs)
      try checkGroup(record, tx, epochs: epochs.count, &audit)
      let messages = try tx.scan(MessageRecord.self, .message, owner).map(\.value)
      let peer: ConsentRole = record.mine == .therapist ? .client : .therapist
      audit.check(
        messages: messages.filter { $0.standing == .received || $0.standing == .atRelay }
          .compactMap { message in
            ConsentHead(message.head).map { head in
              ConsentAudit.MessageRecord(
                position: message.position.value, epoch: message.epoch, head: head,
                scope: message.scope, sender: message.standing == .received ? peer : record.mine,
                sent: ConsentTime(clamping: message.sent))
            }
          })
      try checkNothingMissing(owner, messages, tx, &audit)
      let lodged = try checkReceipts(owner, tx, &audit)
      return AuditReport(
        name: LocalName(stored: record.name), audit: audit,
        quarantined: try tx.count(.quarantine, owner), lodged: lodged)
    }
  }

  /// Holds what was received, and what was read back, against the messages that are there. What was read back
  /// by earlier versions did not say whether it carried a message.
  private func checkNothingMissing(
    _ owner: RecordOwner, _ messages: [MessageRecord], _ tx: RecordTransaction,
    _ audit: inout ConsentAudit
  ) throws {
    var received = Set(messages.filter { $0.standing == .received }.map(\.position.value))
    received.formUnion(try tx.keys(.quarantine, owner).compactMap(\.number))
    for row in try tx.scan(.receivedInner, owner) {
      guard let position = RecordKey(row.bytes).number, !received.contains(position) else {
        continue
      }
      audit.add(
        AuditFinding(.message(position: position), .other("it was received and is missing")))
    }
    for row in try tx.scan(.ownEnvelope, owner) where row.bytes.count == 16 {
      guard let position = RecordKey(Array(row.bytes.prefix(8))).number,
        try !tx.contains(.message, owner, RecordKey(Array(row.bytes.suffix(8))))
      else { continue }
      audit.add(AuditFinding(.message(position: position), .other("it was sent and is missing")))
    }
  }

  /// Checks every receipt again from its bytes.
  private func checkReceipts(
    _ owner: RecordOwner, _ tx: RecordTransaction, _ audit: inout ConsentAudit
  ) throws -> [Lodgement] {
    var lodged: [Lodgement] = []
    for (key, record) in try tx.scan(ReceiptRecord.self, .receipt, owner) {
      guard let receipt = record.receipt, let line = key.number.flatMap({ Int(exactly: $0) })
      else { continue }
      guard receipt.holds(for: record.turn, by: record.identity), line < audit.lines.count else {
        audit.add(AuditFinding(.line(line), .other("the relay's receipt for it does not hold")))
        continue
      }
      lodged.append(
        Lodgement(
          line: line, day: receipt.day, position: record.turn.at.position.value,
          channel: record.turn.channel.bytes, envelope: record.turn.id.bytes,
          chain: record.turn.at.chain.bytes, named: record.turn.named.bytes,
          signature: receipt.signature, identity: record.identity))
    }
    return lodged
  }

  /// Holds the group as stored against the ledger: its context, its members, its epoch.
  private func checkGroup(
    _ record: RelationshipRecord, _ tx: RecordTransaction, epochs: Int,
    _ audit: inout ConsentAudit
  ) throws {
    guard let bytes = try tx.get(.group, record.owner),
      let channel = try tx.get(ChannelState.self, .channel, record.owner),
      let group = try? MemberGroup(stored: bytes)
    else {
      audit.add(AuditFinding(.ledger, .other("the group state is missing or damaged")))
      return
    }
    guard let ledger = audit.ledger else { return }
    if let body = group.extensions[GroupContextPolicy.consent],
      let consent = try? ConsentExtension(wireBytes: body)
    {
      audit.check(current: consent)
    }
    let place = GroupContextPolicy.place(in: group.extensions, under: ledger)
    if place?.relay != record.relay || place?.channel != channel.id.bytes {
      audit.add(
        AuditFinding(.epoch(group.epoch), .other("the group context is not that of the ledger")))
    }
    if group.epoch != channel.epoch || UInt64(epochs) != channel.epoch {
      audit.add(
        AuditFinding(.epoch(group.epoch), .other("an epoch is missing between 1 and this one")))
    }
    let validator = ChainValidator(standingUnder: ledger)
    for member in group.group.members
    where !validator.accepts(
      member.leaf.credential, signatureKey: member.leaf.signatureKey, introducedBy: .joining)
    {
      audit.add(
        AuditFinding(
          .epoch(group.epoch), .other("a member's certificates do not lead to the ledger")))
    }
  }
}
