// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

/// How a batch from the relay ended.
enum BatchEnd: Sendable {
  /// There is more to read, perhaps with the token of a new epoch.
  case more
  case caughtUp
  /// What came contradicts itself or what was read before; what was right before it is kept.
  case fault(EngineError.Code)
}

extension Room {
  /// Takes the frames of one read, in order, and stops at the first that has no place.
  ///
  /// Positions already read are skipped: another process of this profile may have been faster. A position
  /// left out is never skipped: the chain could not be computed any more.
  ///
  /// - Parameter asked: the position after which was asked; the state may be further by now.
  func receive(_ answer: ReadAnswer, asked: Position) throws -> BatchEnd {
    let isRestored = isRestored(answer, asked: asked)
    let end = try take(answer, asked: asked)
    try trimTail()
    if let end { return end }
    // The relay has lost what was read here, and somebody has written on before it was put back: no bytes
    // fit behind both. One that calls itself what it was contradicts itself, and may be right again.
    guard isRestored, channel.read.position == asked else { return .fault(.relayInconsistent) }
    try stop(.fork)
    return .caughtUp
  }

  /// Whether an answer comes from a relay that was restored since this device last read it.
  ///
  /// Not where another process of this profile has read on since it was asked: this answer may be the older.
  private func isRestored(_ answer: ReadAnswer, asked: Position) -> Bool {
    !channel.incarnation.isEmpty && channel.incarnation != answer.incarnation.bytes
      && channel.read.position == asked
  }

  /// Nil when what came does not lead on from what was read before.
  private func take(_ answer: ReadAnswer, asked: Position) throws -> BatchEnd? {
    var end = BatchEnd.caughtUp
    for frame in answer.frames {
      switch frame.body {
      case .envelope(let entry):
        guard entry.position > channel.read.position else { continue }
        guard entry.position == channel.read.position.next else { return .fault(.channelGap) }
        let mine = LogEntry(
          position: entry.position, id: entry.id, named: entry.named, envelope: entry.envelope)
        guard channel.read.chain.adding(mine.hash, at: entry.position) == entry.chain else {
          return nil
        }
        noteIncarnation(answer.incarnation)
        try receive(mine)
        if channel.trouble != nil { return .caughtUp }
      case .gap(let first, let entries):
        guard let fresh = uncounted(entries, from: first) else { return .fault(.channelGap) }
        try receive(gap: fresh)
        if channel.trouble != nil { return .caughtUp }
      case .turned(let last):
        guard channel.read.position >= last else { return .fault(.channelGap) }
        end = .more
      case .head(let head):
        end = head > channel.read.position ? .more : .caughtUp
      case .caughtUp(let at):
        end = .caughtUp
        // Another process of this profile has read further than the relay had when it answered.
        if at.position < channel.read.position, at.position >= asked { continue }
        guard at.position == channel.read.position else { return .fault(.channelGap) }
        guard at.chain == channel.read.chain else { return nil }
        noteIncarnation(answer.incarnation)
      case .heartbeat, .bye, .refused:
        continue
      }
    }
    // A relay that always promises more and never gives it does not hold a reader for ever.
    if case .more = end, channel.read.position == asked { return .fault(.relayInconsistent) }
    return end
  }

  /// The hashes of a gap that are not counted yet; nil if it begins behind a position left out.
  private func uncounted(_ entries: [EntryHash], from first: Position) -> [EntryHash]? {
    guard let next = channel.read.position.next, first <= next else { return nil }
    let known = next.value - first.value
    return known >= UInt64(entries.count) ? [] : Array(entries[Int(known)...])
  }

  /// Notes from which incarnation the log was read that is known here, once something of it has fitted: until
  /// then the one before is what tells a restored relay from one that lies.
  private func noteIncarnation(_ incarnation: Incarnation) {
    if !channel.incarnation.isEmpty, channel.incarnation != incarnation.bytes {
      events.append(.notice(name, .newIncarnation))
    }
    channel.incarnation = incarnation.bytes
  }

  /// What makes the relationship's channel: for its founder, as long as nothing can lie in it.
  func foundingRequest() throws -> NewChannel? {
    guard record.mine == .therapist, channel.epoch == 1, channel.read.position == Position(0) else {
      return nil
    }
    return NewChannel(
      id: channel.id, kind: .relationship, token: channel.secrets.access.hash,
      turn: channel.secrets.turn.hash)
  }
}
