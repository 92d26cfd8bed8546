// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import KeyManagement
internal import RelayProtocol
internal import WireFormat

extension Room {
  /// Stages the commit that is due, if one is: a waiting consent line, the therapist's own
  /// counter-signature, new keys that were asked for, or the turn of the schedule.
  func stageNextCommit() throws -> StagedCommit? {
    try counterSignIfWithinTerms()
    if let (key, waiting) = try nextLine() {
      return try stage(line: waiting.bytes, number: key.number)
    }
    if try wantsUpdate() { return try stage(line: nil, number: nil) }
    switch ledger.state.phase(at: ConsentTime(clamping: now)) {
    case .ended, .lapsed: return nil
    default: return channel.schedule.isDue(at: now) ? try stage(line: nil, number: nil) : nil
    }
  }

  /// Whether new keys are due whatever the schedule says: they were asked for, or the device key has been
  /// replaced since the leaf was made that stands in the group, before or after a commit on its way.
  func wantsUpdate() throws -> Bool {
    if channel.wantsUpdate { return true }
    return channel.ownSerial < (try alcove.vault.device(for: KeyOwner(owner)).verified.serial.value)
  }

  /// The waiting line to carry: withdrawals first. A line the ledger no longer takes is dead; one that is
  /// dated ahead may have its time yet.
  private func nextLine() throws -> (key: RecordKey, line: WaitingLine)? {
    let waiting = try waitingLines()
    let ordered =
      waiting.filter { $0.line.kind == .withdraw } + waiting.filter { $0.line.kind != .withdraw }
    for (key, waiting) in ordered {
      let line = try underCurrentKey(waiting, key)
      if let read = try? UnverifiedLine(line.bytes), takes(read) {
        guard isHeldBack(line) else { return (key, line) }
        // Nobody asked for it: it is signed again as soon as it may be.
        guard line.origin == .automatic else { continue }
      }
      if onlyBinds(line) { continue }
      try tx.delete(.waitingLine, owner, key)
      if let read = try? UnverifiedLine(line.bytes), !ledger.contains(read.hash) {
        if line.origin != .carried { channel.dead.append(read.hash.bytes) }
        if line.origin == .person { events.append(.lineDied(name, kind: line.kind)) }
      }
    }
    return nil
  }

  /// Whether every member takes a line as things stand: the ledger's rules, and no author of a lower serial
  /// than one already seen.
  func takes(_ line: UnverifiedLine) -> Bool {
    guard let author = (try? ledger.appending(line))?.last.author else { return false }
    return author.serial.value >= floors[author.identity] ?? 0
  }

  /// A waiting own withdrawal whose key has been replaced since, signed again: whoever has seen a leaf of
  /// the new key takes no line of the old one, and a commit with such a line would break the channel. Other
  /// kinds die then, as those do that lost a race.
  func underCurrentKey(_ waiting: WaitingLine, _ key: RecordKey) throws -> WaitingLine {
    let device = try alcove.vault.device(for: KeyOwner(owner)).verified.device
    guard waiting.origin != .carried, waiting.kind == .withdraw,
      let read = try? UnverifiedLine(waiting.bytes),
      read.keyThumbprint != KeyThumbprint(of: device), !ledger.contains(read.hash)
    else { return waiting }
    let line = try alcove.sign(read.body, upon: ledger, void: read.void, owner: owner, now: now)
    let again = WaitingLine(kind: line.kind, origin: waiting.origin, bytes: line.bytes)
    try tx.put(again, .waitingLine, owner, key)
    return again
  }

  /// DESIGN section 6, CONSENT: the therapist's `sync` acknowledges what stays within its own terms.
  private func counterSignIfWithinTerms() throws {
    guard record.mine == .therapist, !ledger.isDatedAhead(of: now), try linesOnTheWay().isEmpty,
      case .withinTerms(let line) = ledger.state.waiting(at: ConsentTime(clamping: now))
    else { return }
    do {
      try sign(.acknowledge(line), origin: .automatic)
    } catch let error as EngineError where error.code == .consentLineRefused {
      // A ledger that is full, say. Nobody asked for this line, and nothing else waits for it.
    }
  }

  /// Signs a line upon the present head and queues it; the ledger has to take it as things stand.
  @discardableResult
  func sign(_ body: LineBody, origin: WaitingLine.Origin) throws -> UnverifiedLine {
    if !body.onlyTakesAway { try ledger.requireTime(at: now) }
    let dead = channel.dead.suffix(64).compactMap { LineHash($0) }
    let line = try alcove.sign(
      body, upon: ledger, void: dead, owner: owner, now: now)
    do {
      _ = try ledger.appending(line)
    } catch {
      throw EngineError(.consentLineRefused, about: record.name)
    }
    let waiting = WaitingLine(kind: line.kind, origin: origin, bytes: line.bytes)
    try tx.put(waiting, .waitingLine, owner, RecordKey(channel.takeLineNumber()))
    return line
  }

  /// Makes a commit with a fresh leaf key, and everything its acceptance will need, in this transaction.
  private func stage(line: [UInt8]?, number: UInt64?) throws -> StagedCommit {
    var next = ledger
    if let line { try next.append(try UnverifiedLine(line)) }
    var group = try group()
    guard let place = GroupContextPolicy.place(in: group.extensions, under: ledger),
      place.relay == record.relay, place.channel == channel.id.bytes
    else {
      throw EngineError(.ledgerInvalid, about: record.name)
    }
    let leaf = try alcove.freshLeaf(
      suite: group.suite, relationship: record.relationship, owner: owner)
    // The order is computable: line, head, commit, staged epoch, its T and L, named hashes, seal.
    let outgoing = try group.commit(
      data: CommitData(read: channel.read, line: line), under: next, place: place, leaf: leaf,
      random: alcove.random)
    // The handshake ratchet has moved, whatever becomes of the commit.
    set(group)
    let named = outgoing.secrets.named
    let id = EnvelopeID(random: alcove.random)
    guard
      let sealed = try channel.layer.seal(
        outgoing.message, id: id, named: named, random: alcove.random)
    else { throw EngineError(.internalFault, about: record.name) }
    let staged = StagedCommit(
      append: PendingAppend(
        id: id, epoch: channel.epoch, sealed: sealed, access: channel.secrets.access,
        turn: channel.secrets.turn, named: named, item: nil, told: channel.read.position),
      group: outgoing.next, secrets: outgoing.secrets, line: line, lineNumber: number,
      serial: leaf.serial, wish: channel.wishes)
    try tx.put([], .ownEnvelope, owner, RecordKey(id.bytes))
    try tx.put(staged, .stagedCommit, owner)
    return staged
  }
}
