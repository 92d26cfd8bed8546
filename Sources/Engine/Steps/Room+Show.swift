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
    var found: MessageRecord?
    try goBack { message in
      if message.inner == inner { found = message }
      return found == nil
    }
    return found
  }

  /// Own messages that are not known to lie at the relay, in the order of writing.
  func waitingMessages() throws -> [MessageRecord] {
    try tx.scan(OutboxItem.self, .outbox, owner).compactMap { row in
      guard let number = row.value.message else { return nil }
      return try tx.get(MessageRecord.self, .message, owner, RecordKey(number))
    }
  }

  /// How many messages received have not been shown.
  func unread() throws -> Int {
    if let known = channel.unread { return Int(clamping: known) }
    return try tx.scan(MessageRecord.self, .message, owner).count(where: \.value.unread)
  }

  /// What has not been shown, newest first.
  func unreadMessages() throws -> [MessageRecord] {
    let count = try unread()
    var found: [MessageRecord] = []
    guard count > 0 else { return found }
    try goBack { message in
      if message.unread { found.append(message) }
      return found.count < count
    }
    return found
  }

  /// Goes through the messages from the newest on, a few at a time, until `goOn` answers false: what is asked
  /// for lies mostly at the end, and each row holds a whole message.
  private func goBack(_ goOn: (MessageRecord) -> Bool) throws {
    var range = RecordRange.all
    while true {
      let page = try tx.scan(MessageRecord.self, .message, owner, range, .backwards, limit: 8)
      for row in page where !goOn(row.value) { return }
      guard let number = page.last?.key.number, number > 0 else { return }
      range = .through(RecordKey(number - 1))
    }
  }

  func markRead(_ key: RecordKey, _ value: MessageRecord) throws {
    guard value.unread else { return }
    var value = value
    channel.unread = channel.unread.map { $0 > 0 ? $0 - 1 : 0 }
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
      verified: record.verified, consent: phase, unread: try unread(),
      waiting: try tx.scan(OutboxItem.self, .outbox, owner).count { $0.value.message != nil }
        + ownLinesWaiting().count,
      epoch: channel.epoch,
      lastOwnCommit: channel.schedule.lastCommit,
      confirmed: channel.confirmedAt == 0
        ? nil : .init(position: channel.confirmed.value, time: channel.confirmedAt),
      trouble: channel.trouble.map { EngineError($0.code, about: record.name) },
      invitation: nil, awaitsDecision: awaits,
      newTermsWait: record.mine == .client && bound.isOfferOpen && phase != .lapsed)
  }
}
