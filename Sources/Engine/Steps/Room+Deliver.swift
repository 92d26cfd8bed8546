// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol
internal import WireFormat

extension Room {
  /// Puts a received message where it belongs: among the messages, or apart.
  func deliver(_ content: Content, at entry: LogEntry) throws {
    channel.schedule.countMessage()
    guard case .scope(let scope) = content.kind else { return }
    // A re-encryption of what has come before: delivered exactly once.
    let inner = RecordKey(content.inner)
    guard try !tx.contains(.receivedInner, owner, inner) else { return }
    try tx.put(RecordKey(entry.position.value).bytes, .receivedInner, owner, inner)
    channel.worthTelling = entry.position

    let quarantine = quarantine(content, scope)
    channel.lastReceived = max(channel.lastReceived, content.sent)
    let record = MessageRecord(
      inner: content.inner, scope: scope, sent: content.sent, body: content.body,
      standing: .received, unread: quarantine == nil, position: entry.position,
      epoch: channel.epoch, head: ledger.head.bytes, quarantine: quarantine)
    if quarantine == nil {
      try tx.put(record, .message, owner, RecordKey(channel.takeMessageNumber()))
      channel.unread? += 1
    } else {
      try tx.put(record, .quarantine, owner, RecordKey(entry.position.value))
    }
    let message = record.shown(confirmed: channel.confirmed)
    events.append(
      quarantine == nil ? .message(from: name, message) : .quarantined(from: name, message))
  }

  private func quarantine(_ content: Content, _ scope: Scope) -> Quarantine? {
    guard MessageRules.fault(in: content.body) == nil else { return .malformed }
    // Expiry is judged by the sent time, so a sender's time must not go back to before an expiry.
    guard content.sent >= channel.lastReceived else { return .timeWentBack }
    return epochGate.refusal(of: scope, at: content.sent).map(ConsentGate.quarantine)
  }

  /// An own message was read back: it lies at the relay.
  func confirmDelivery(of pending: PendingAppend, at entry: LogEntry) throws {
    channel.schedule.countMessage()
    channel.told = max(channel.told, pending.told)
    try tx.put(
      RecordKey(entry.position.value).bytes, .ownEnvelope, owner, RecordKey(entry.id.bytes))
    try tx.delete(.pending, owner, RecordKey(pending.id.bytes))
    guard let number = pending.item,
      let item = try tx.get(OutboxItem.self, .outbox, owner, RecordKey(number))
    else { return }
    try tx.delete(.outbox, owner, RecordKey(number))
    guard let key = item.message,
      var record = try tx.get(MessageRecord.self, .message, owner, RecordKey(key))
    else { return }
    // It takes its place in the order of the channel, behind what was received before it.
    try tx.delete(.message, owner, RecordKey(key))
    record.standing = .atRelay
    record.position = entry.position
    record.epoch = channel.epoch
    record.head = ledger.head.bytes
    let place = RecordKey(channel.takeMessageNumber())
    try tx.put(record, .message, owner, place)
    // With the message's own number: an envelope that carried one tells where it has to be.
    try tx.put(
      RecordKey(entry.position.value).bytes + place.bytes, .ownEnvelope, owner,
      RecordKey(entry.id.bytes))
    events.append(.delivered(to: name, id: record.inner))
  }

  func pendingMessage() throws -> PendingAppend? {
    try tx.scan(PendingAppend.self, .pending, owner, .all, limit: 1).first?.value
  }
}
