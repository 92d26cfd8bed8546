// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension MessageRecord {
  var text: String { String(decoding: body, as: UTF8.self) }

  /// - Parameter confirmed: How far the other device has shown to have read.
  func shown(confirmed: Position) -> Message {
    let delivery: Message.Delivery =
      switch standing {
      case .waiting: .waiting
      case .refused: .refused
      case .received: .received
      case .atRelay: position <= confirmed ? .confirmed : .atRelay
      }
    let placed = position.value > 0
    return Message(
      id: inner, fromMe: standing != .received, scope: scope, text: text, sent: sent,
      delivery: delivery, unread: unread, position: placed ? position.value : nil,
      epoch: placed ? epoch : nil, quarantine: quarantine)
  }
}

extension Room {
  /// The conversation in the order of the channel; own messages that wait come last.
  func messages() throws -> [(key: RecordKey, value: MessageRecord)] {
    let all = try tx.scan(MessageRecord.self, .message, owner).map {
      (key: $0.key, value: $0.value)
    }
    return all.filter { $0.value.standing != .waiting }
      + all.filter { $0.value.standing == .waiting }
  }

  func quarantined() throws -> [MessageRecord] {
    try tx.scan(MessageRecord.self, .quarantine, owner).map(\.value)
  }

  func message(_ inner: [UInt8]) throws -> MessageRecord? {
    try tx.scan(MessageRecord.self, .message, owner, .all, .backwards)
      .first { $0.value.inner == inner }?.value
  }

  func markRead(_ key: RecordKey, _ value: MessageRecord) throws {
    var value = value
    value.unread = false
    try tx.put(value, .message, owner, key)
  }

  func show(_ record: MessageRecord) -> Message { record.shown(confirmed: channel.confirmed) }

  /// The person as shown in lists.
  func person() throws -> Person {
    let time = ConsentTime(clamping: now)
    // With what this device has withdrawn and not yet landed: it binds here already.
    let bound = try gate().state
    let phase = bound.phase(at: time)
    let messages = try messages().map(\.value)
    let peerRole: ConsentRole = record.mine == .therapist ? .client : .therapist
    let state: Person.State =
      if channel.trouble != nil {
        .stopped
      } else if phase == .ended || phase == .lapsed {
        .ended
      } else {
        .connected
      }
    var awaits = false
    if record.mine == .therapist, case .needsDecision = ledger.state.waiting(at: time) {
      awaits = true
    }
    return Person(
      name: name, state: state, role: peerRole,
      signedAs: ledger.members.first { $0.identity.bytes == record.peer }?.name,
      verified: record.verified, consent: phase, unread: messages.count(where: \.unread),
      waiting: try messages.count { $0.standing == .waiting } + ownLinesWaiting().count,
      epoch: channel.epoch,
      lastOwnCommit: channel.schedule.lastCommit,
      confirmed: channel.confirmedAt == 0
        ? nil : .init(position: channel.confirmed.value, time: channel.confirmedAt),
      trouble: channel.trouble.map { EngineError($0.code, about: record.name) },
      invitation: nil, awaitsDecision: awaits,
      newTermsWait: record.mine == .client && bound.isOfferOpen && phase != .lapsed)
  }
}
