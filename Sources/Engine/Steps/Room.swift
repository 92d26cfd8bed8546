// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol
internal import WireFormat

/// One relationship inside one transaction: everything read, nothing kept afterwards.
///
/// A step makes a room, changes it, and calls ``save()``; if anything throws in between, the transaction
/// is undone and with it every row the step has written. Group state lives no longer than this.
final class Room {
  let alcove: Alcove
  let tx: RecordTransaction
  let now: Int64
  var record: RelationshipRecord
  var channel: ChannelState
  var ledger: Ledger
  /// What the step saw, for the person; told only once the transaction is durable.
  var events: [EngineEvent] = []
  private var loaded: MemberGroup?
  private var groupChanged = false

  var owner: RecordOwner { record.owner }
  var name: LocalName { LocalName(stored: record.name) }

  init(_ alcove: Alcove, _ tx: RecordTransaction, _ record: RelationshipRecord) throws {
    self.alcove = alcove
    self.tx = tx
    self.record = record
    now = alcove.clock.now()
    guard let channel = try tx.get(ChannelState.self, .channel, record.owner) else {
      throw EngineError(.storeDamaged)
    }
    self.channel = channel
    ledger = try alcove.ledgers.ledger(of: record.owner, try Room.lines(tx, record.owner))
  }

  /// A room at the founding of its relationship.
  init(
    _ alcove: Alcove, _ tx: RecordTransaction, founding record: RelationshipRecord,
    channel: ChannelState, ledger: Ledger, group: MemberGroup
  ) throws {
    self.alcove = alcove
    self.tx = tx
    self.record = record
    self.channel = channel
    self.ledger = ledger
    now = alcove.clock.now()
    for line in ledger.lines {
      try tx.put(line.bytes, .consentLine, record.owner, RecordKey(UInt64(line.index)))
    }
    try tx.put(record, .relationship, alcove.profileOwner, RecordKey(record.owner.bytes))
    set(group)
    try bindEpoch()
  }

  static func lines(_ tx: RecordTransaction, _ owner: RecordOwner) throws -> [[UInt8]] {
    try tx.scan(.consentLine, owner).map(\.bytes)
  }

  /// Writes what changed; the last thing a step does.
  func save() throws {
    if channel.unread == nil { channel.unread = UInt64(try unread()) }
    if channel.tailBytes == nil { channel.tailBytes = try tailBytes() }
    try tx.put(channel, .channel, owner)
    if groupChanged, let loaded {
      var bytes = loaded.stored()
      defer { bytes.wipe() }
      try tx.put(bytes, .group, owner)
      groupChanged = false
    }
  }

  /// Writes the row in the list of people.
  func saveRecord() throws {
    try tx.put(record, .relationship, alcove.profileOwner, RecordKey(owner.bytes))
  }

  // MARK: The group

  func group() throws -> MemberGroup {
    if let loaded { return loaded }
    guard var bytes = try tx.get(.group, owner) else { throw EngineError(.storeDamaged) }
    defer { bytes.wipe() }
    let group = try MemberGroup(stored: bytes)
    loaded = group
    return group
  }

  func set(_ group: MemberGroup) {
    loaded = group
    groupChanged = true
  }

  /// Keeps to which ledger the present epoch is bound.
  func bindEpoch() throws {
    try tx.put(
      EpochHead(ConsentExtension(ledger)), .epochHead, owner, RecordKey(channel.epoch))
  }

  // MARK: Consent

  /// Appends a line that the ledger takes, and tells of it.
  func append(_ line: UnverifiedLine, byMe: Bool) throws {
    try ledger.append(line)
    let last = ledger.last
    try tx.put(last.bytes, .consentLine, owner, RecordKey(UInt64(last.index)))
    events.append(.line(name, kind: last.kind, index: last.index, byMe: byMe))
    if last.time.isAhead(of: now) {
      events.append(.notice(name, .lineFromTheFuture(index: last.index)))
    }
    if record.mine == .therapist, !byMe,
      case .needsDecision = ledger.state.waiting(at: ConsentTime(clamping: now))
    {
      events.append(.decisionAwaited(name))
    }
  }

  /// The consent as it binds this device: what it has withdrawn and not yet landed counts already.
  func gate() throws -> ConsentGate {
    let withdrawals = try waitingLines().compactMap(\.line.withdrawal)
    let time = ConsentTime(clamping: now)
    return ConsentGate(
      state: withdrawals.isEmpty ? ledger.state : ledger.state.bound(by: withdrawals, at: time),
      role: record.mine)
  }

  /// The consent of the present epoch, as every member has it.
  var epochGate: ConsentGate {
    ConsentGate(state: ledger.state, role: record.mine == .therapist ? .client : .therapist)
  }

  /// The lowest device serials still taken: order ends a device, no clock does.
  var floors: [IdentityKey: UInt64] {
    var floors: [IdentityKey: UInt64] = [:]
    if let peer = IdentityKey(record.peer) { floors[peer] = channel.peerSerial }
    if let own = IdentityKey(record.own) { floors[own] = channel.ownSerial }
    return floors
  }

  func waitingLines() throws -> [(key: RecordKey, line: WaitingLine)] {
    try tx.scan(WaitingLine.self, .waitingLine, owner).map { ($0.key, $0.value) }
  }

  // MARK: Trouble

  /// Stops the relationship: nothing more is sent, and what was received stays.
  func stop(_ trouble: Trouble) throws {
    guard channel.trouble == nil else { return }
    channel.trouble = trouble
    let count = UInt64(try tx.count(.alarm, owner))
    try tx.put([trouble.rawValue], .alarm, owner, RecordKey(count))
    events.append(.stopped(name, EngineError(trouble.code, about: record.name)))
  }

  /// Throws what a person has to know before anything is asked of this relationship.
  func requireWorking() throws {
    if let trouble = channel.trouble { throw EngineError(trouble.code, about: record.name) }
  }
}
