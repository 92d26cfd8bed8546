// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol
internal import WireFormat

extension Room {
  /// Takes one entry of the log, the one after the cursor.
  ///
  /// Whatever it is, it is counted into the chain; only a turn without a valid commit is not, since
  /// nothing after it can be read.
  func receive(_ entry: LogEntry) throws {
    guard channel.trouble == nil else { return }
    try keepTail(entry)
    if entry.named.isEmpty {
      try receivePlain(entry)
    } else {
      try receiveTurn(entry)
    }
    // Whatever it was, the other side may name this place as the last it read.
    if channel.trouble == nil { try keepChain() }
  }

  /// Counts entries whose bodies the relay no longer keeps. An own message that was not read back while it was
  /// there is known by its hash, and needs no body: nothing else would ever tell that it has landed.
  ///
  /// A turn stays as long as its channel does, and shows its place by a chain: a relay that gives out the own
  /// commit as gone is not believed, neither that it has landed nor where, and nothing of this is kept.
  func receive(gap entries: [EntryHash]) throws {
    if let commit = try tx.get(StagedCommit.self, .stagedCommit, owner)?.append,
      entries.contains(commit.hash)
    {
      throw EngineError(.relayInconsistent)
    }
    var own = try pendingMessage()
    var expired: UInt64 = 0
    for entry in entries {
      guard channel.trouble == nil else { break }
      if let append = own, append.hash == entry, let next = channel.read.position.next {
        own = nil
        try receive(
          LogEntry(position: next, id: append.id, named: append.named, envelope: append.sealed))
      } else {
        channel.count(entry)
        try keepChain()
        expired += 1
      }
    }
    if expired > 0 { events.append(.notice(name, .expired(count: expired))) }
  }

  private func receivePlain(_ entry: LogEntry) throws {
    channel.count(entry.hash)
    if var pending = try pendingMessage(), pending.id == entry.id, pending.sealed == entry.envelope,
      pending.epoch == channel.epoch
    {
      pending.standing = .unknown
      try confirmDelivery(of: pending, at: entry)
      return
    }
    // Known as one's own and already read back, or altered: a relay that repeats or swaps envelopes.
    if try tx.contains(.ownEnvelope, owner, RecordKey(entry.id.bytes)) {
      try note(unopenable: entry)
      return
    }
    guard let content = channel.layer.open(entry.envelope, id: entry.id, named: entry.named) else {
      try note(unopenable: entry)
      return
    }
    var group = try group()
    switch group.open(content) {
    case .unopenable:
      try note(unopenable: entry)
    case .ownLeaf:
      // In the name of this device's leaf, under an id this store never made. Only a member can have made
      // it: a copy of this profile, or the other side, which has all keys but that of the signature. Which of
      // them cannot always be told, since the message key may be used up here; and neither is to go on.
      try stop(.copied)
    case .commit:
      // A commit counts only where the lock turns: here the relay could not have ordered it.
      events.append(.notice(name, .commitIgnored(position: entry.position.value)))
      try note(unopenable: entry, telling: false)
    case .content(let bytes):
      // The message key is used up, whatever is in it.
      set(group)
      guard let content = try? Content(wireBytes: bytes) else {
        try note(unopenable: entry)
        return
      }
      // It is delivered though its author has read another log: it is signed, and comes only once.
      try checkReadMark(content.read, at: entry)
      try deliver(content, at: entry)
    }
  }

  private func note(unopenable entry: LogEntry, telling: Bool = true) throws {
    try tx.put([], .unopened, owner, RecordKey(entry.position.value))
    if telling { events.append(.notice(name, .unopenable(position: entry.position.value))) }
  }

  /// Compares what the author had read with what was read here.
  ///
  /// - Returns: false when the relationship was stopped.
  @discardableResult
  func checkReadMark(_ mark: ReadMark, at entry: LogEntry) throws -> Bool {
    // An author who has read this far, or farther, has read another log.
    guard mark.position < entry.position else {
      try stop(.fork)
      return false
    }
    guard let known = try chain(at: mark.position) else {
      // Older than what the other side has confirmed before: said by no honest device.
      try stop(.fork)
      return false
    }
    guard known == mark.chain else {
      try stop(.fork)
      return false
    }
    if mark.position > channel.confirmed {
      channel.confirmed = mark.position
      channel.confirmedAt = now
      events.append(.confirmed(by: name, position: mark.position.value))
      // Nothing older will be asked for again: marks never go back.
      try tx.deleteAll(
        .confirmation, owner, .between(RecordKey(0), RecordKey(mark.position.value - 1)))
    }
    return true
  }

  // MARK: The chain and the tail

  /// The chain at a position that the other side may still name.
  private func chain(at position: Position) throws -> ChainHash? {
    if position.value == 0 { return ChainHash.founding(channel.id) }
    return try tx.get(ChainHash.self, .confirmation, owner, RecordKey(position.value))
  }

  /// Keeps the chain at the cursor, for the marks in messages to come.
  func keepChain() throws {
    try tx.put(channel.read.chain, .confirmation, owner, RecordKey(channel.read.position.value))
  }

  private func keepTail(_ entry: LogEntry) throws {
    try tx.put(
      TailEntry(
        id: entry.id, access: channel.secrets.access, turn: channel.secrets.turn,
        named: entry.named, time: now, sealed: entry.envelope),
      .tail, owner, RecordKey(entry.position.value))
    if let bytes = channel.tailBytes { channel.tailBytes = bytes + UInt64(entry.envelope.count) }
  }

  /// Counts the bytes of the tail, of which an older state does not tell.
  func tailBytes() throws -> UInt64 {
    // One at a time, since each holds a whole envelope.
    try tx.keys(.tail, owner).reduce(0) { sum, key in
      sum + UInt64(try tx.get(TailEntry.self, .tail, owner, key)?.sealed.count ?? 0)
    }
  }

  /// Drops from the tail what is not among the last 256 and either older than 14 days or more than is kept.
  func trimTail() throws {
    let position = channel.read.position.value
    guard position > TailEntry.fewest else { return }
    let range = RecordRange.through(RecordKey(position - TailEntry.fewest))
    // They lie in the order in which they were read: the first young one is the end. One dated farther ahead
    // was written by a clock that was wrong, and would hold up all behind it. One at a time, since each holds
    // a whole envelope.
    let young = now - TailEntry.longest...now + TailEntry.longest
    while let (key, entry) = try tx.scan(TailEntry.self, .tail, owner, range, limit: 1).first,
      !young.contains(entry.time) || (channel.tailBytes ?? 0) > TailEntry.mostBytes
    {
      try tx.delete(.tail, owner, key)
      if let bytes = channel.tailBytes {
        channel.tailBytes = bytes - min(bytes, UInt64(entry.sealed.count))
      }
    }
  }
}
