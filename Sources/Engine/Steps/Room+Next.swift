// SPDX-License-Identifier: Apache-2.0

internal import WireFormat
internal import Primitives
internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Room {
  /// Decides what to post next, and makes it durable.
  ///
  /// A staged commit goes before everything; then new commits, since a withdrawal must not wait behind
  /// messages; then messages in the order in which they were written, one at a time, so that the order in
  /// the channel is the order of writing.
  func next() throws -> NextAction {
    guard channel.trouble == nil else { return .rest }
    if let staged = try tx.get(StagedCommit.self, .stagedCommit, owner) {
      return .append(staged.append)
    }
    if let staged = try stageNextCommit() { return .append(staged.append) }
    while true {
      switch try nextMessage() {
      case .append(let pending): return .append(pending)
      case .again: continue
      case .turnFirst:
        channel.wantUpdate()
        if let staged = try stageNextCommit() { return .append(staged.append) }
        return .rest
      case .nothing: return .rest
      }
    }
  }

  private enum MessageStep {
    case append(PendingAppend)
    /// Something was settled without a post; look again.
    case again
    /// A message of unknown fate may not be posted again: only a turn tells what became of it.
    case turnFirst
    case nothing
  }

  private func nextMessage() throws -> MessageStep {
    if let pending = try pendingMessage() { return try retry(pending) }
    if let row = try tx.scan(OutboxItem.self, .outbox, owner, .all, limit: 1).first {
      return try seal(row.value, RecordKey(row.key.bytes))
    }
    guard acknowledgementIsDue else { return .nothing }
    channel.lastAcknowledgement = now
    try enqueueAcknowledgement()
    return .again
  }

  private func retry(_ pending: PendingAppend) throws -> MessageStep {
    let item = try pending.item.flatMap {
      try tx.get(OutboxItem.self, .outbox, owner, RecordKey($0))
    }
    let mayGo = try item.map { try refusal(of: $0) == nil } ?? false
    if pending.epoch == channel.epoch { return mayGo ? .append(pending) : .turnFirst }
    // Its epoch is over and the log up to the turn does not hold it. Sealing it anew waits for the relay's
    // definite word, unless it is not to be sent any more at all.
    guard pending.standing == .refused || !mayGo else { return .append(pending) }
    try tx.delete(.pending, owner, RecordKey(pending.id.bytes))
    return .again
  }

  /// Seals the oldest waiting content for this epoch, or gives it up if the consent no longer covers it.
  private func seal(_ waiting: OutboxItem, _ key: RecordKey) throws -> MessageStep {
    let item = try dated(waiting, key)
    if let refusal = try refusal(of: item) {
      try giveUp(item, key, refusal)
      return .again
    }
    var group = try group()
    let content = Content(
      inner: item.inner, kind: item.kind, sent: item.sent, read: channel.read, body: item.body)
    let message = try group.seal(content.wireBytes, random: alcove.random)
    let id = EnvelopeID(random: alcove.random)
    guard
      let sealed = try channel.layer.seal(
        message, id: id, named: .none, random: alcove.random)
    else { throw EngineError(.messageTooLong, about: record.name) }
    let pending = PendingAppend(
      id: id, epoch: channel.epoch, sealed: sealed, access: channel.secrets.access,
      named: .none, item: key.number, told: channel.read.position)
    // The ratchet has moved: its new state is durable before the message leaves.
    set(group)
    try tx.put([], .ownEnvelope, owner, RecordKey(id.bytes))
    try tx.put(pending, .pending, owner, RecordKey(id.bytes))
    return .append(pending)
  }

  private func refusal(of item: OutboxItem) throws -> Refusal? {
    guard case .scope(let scope) = item.kind else { return nil }
    // Now, by this device's clock; and when it was written, since that is the time by which its reader
    // judges: what was withdrawn and agreed to again meanwhile does not cover it.
    let gate = try gate()
    return gate.refusal(of: scope, at: now) ?? gate.refusal(of: scope, at: item.sent)
  }

  /// An item whose date lies ahead of this clock and outside the consent is dated anew where the consent
  /// covers it now: the clock had been ahead when it was written, or when one before it was, and what it
  /// said then is no reason to keep it back. It may be earlier than the date of one before it, and is shown
  /// apart then by a reader who has that one; the date before would have kept it from leaving at all.
  private func dated(_ item: OutboxItem, _ key: RecordKey) throws -> OutboxItem {
    guard case .scope(let scope) = item.kind, item.sent > now else { return item }
    let gate = try gate()
    guard gate.refusal(of: scope, at: item.sent) != nil, gate.refusal(of: scope, at: now) == nil
    else { return item }
    let again = OutboxItem(
      inner: item.inner, kind: item.kind, sent: now, message: item.message, body: item.body)
    try tx.put(again, .outbox, owner, key)
    if let number = item.message,
      var record = try tx.get(MessageRecord.self, .message, owner, RecordKey(number))
    {
      record.sent = now
      try tx.put(record, .message, owner, RecordKey(number))
    }
    return again
  }

  private func giveUp(_ item: OutboxItem, _ key: RecordKey, _ refusal: Refusal) throws {
    try tx.delete(.outbox, owner, key)
    guard let number = item.message,
      var record = try tx.get(MessageRecord.self, .message, owner, RecordKey(number))
    else { return }
    record.standing = .refused
    try tx.put(record, .message, owner, RecordKey(number))
    events.append(.refused(to: name, id: record.inner))
  }

  /// Whether something is to be posted that the last run could not.
  func isWaitingToPost() throws -> Bool {
    try tx.contains(.stagedCommit, owner) || !tx.keys(.outbox, owner, limit: 1).isEmpty
      || !linesOnTheWay().isEmpty
  }

  // MARK: Content

  /// Its time is this clock's and nothing more: no reader judges by it, and no consent has been asked
  /// about it, so it must not become the least time of the messages to come.
  private func enqueueAcknowledgement() throws {
    let item = OutboxItem(
      inner: alcove.random.bytes(Content.innerCount), kind: .acknowledgement, sent: now,
      message: nil, body: [])
    try tx.put(item, .outbox, owner, RecordKey(channel.takeOutboxNumber()))
  }

  /// Takes a message that a person wrote: checked, stored, queued.
  func write(_ body: [UInt8], scope: Scope) throws -> MessageRecord {
    try requireWorking()
    if let refusal = try gate().refusal(of: scope, at: now) {
      throw EngineError(ConsentGate.code(for: refusal), about: record.name)
    }
    if let fault = MessageRules.fault(in: body) { throw EngineError(fault, about: record.name) }
    let number = channel.takeMessageNumber()
    let item = OutboxItem(
      inner: alcove.random.bytes(Content.innerCount), kind: .scope(scope),
      sent: channel.stamp(now), message: number, body: body)
    let record = MessageRecord(
      inner: item.inner, scope: scope, sent: item.sent, body: body, standing: .waiting,
      unread: false)
    try tx.put(item, .outbox, owner, RecordKey(channel.takeOutboxNumber()))
    try tx.put(record, .message, owner, RecordKey(number))
    return record
  }

  /// A device says that it has read, at most daily, and never in reply to an acknowledgement alone.
  ///
  /// Control traffic is not subject to consent (DESIGN section 8): what ended it is acknowledged too.
  private var acknowledgementIsDue: Bool {
    guard channel.worthTelling > channel.told else { return false }
    // One dated more than a day ahead was dated by a clock that was wrong, and counts for nothing.
    return channel.lastAcknowledgement == 0 || abs(now - channel.lastAcknowledgement) >= 86_400
  }

  // MARK: Answers

  /// What the relay's definite refusal changes; success changes nothing.
  func noteRetired(_ id: EnvelopeID) throws {
    if var pending = try tx.get(PendingAppend.self, .pending, owner, RecordKey(id.bytes)) {
      pending.standing = .refused
      try tx.put(pending, .pending, owner, RecordKey(id.bytes))
    }
    if var staged = try tx.get(StagedCommit.self, .stagedCommit, owner), staged.append.id == id {
      staged.append.standing = .refused
      try tx.put(staged, .stagedCommit, owner)
    }
  }

  /// What the relay has refused as retired and no turn read so far explains.
  func refusals() throws -> Set<EnvelopeID> {
    let commit = try tx.get(StagedCommit.self, .stagedCommit, owner)?.append
    let unexplained = [commit, try pendingMessage()].compactMap { $0 }
      .filter { $0.standing == .refused && $0.epoch == channel.epoch }
    return Set(unexplained.map(\.id))
  }

  /// After everything was read: what had been refused as retired must have met the turn that retired it.
  func check(_ refused: Set<EnvelopeID>) throws {
    if try !refused.isDisjoint(with: refusals()) { try stop(.refusedWithoutTurn) }
  }
}
