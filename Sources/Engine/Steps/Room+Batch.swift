// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

/// How a batch from the relay ended.
enum BatchEnd: Sendable {
  /// There is more to read, perhaps with the token of a new epoch.
  case more
  case caughtUp
  /// Behind this position it ends in hashes that no chain in it bears out, and nothing of them is kept: what
  /// lies behind them tells, taken together with them.
  case unproved([EntryHash], after: Position)
  /// What came contradicts itself or what was read before; what was right before it is kept.
  case fault(EngineError.Code)
}

extension Room {
  /// Takes what one read adds to the log; nothing that the answer contradicts or does not bear out.
  ///
  /// - Parameter asked: The position after which was asked; the state may be further by now.
  func receive(_ answer: ReadAnswer, asked: Position) throws -> BatchEnd {
    let batch = CheckedBatch(answer, behind: channel.read, asked: asked)
    // The relay has lost what was read here, and somebody has written on before it was put back: no bytes
    // fit behind both. One that calls itself what it was contradicts itself, and may be right again.
    if batch.isContradicted, batch.items.isEmpty, isRestored(answer, asked: asked) {
      try stop(.fork)
      return .caughtUp
    }
    if batch.fits { noteIncarnation(answer.incarnation) }
    for item in batch.items {
      guard channel.trouble == nil else { break }
      switch item {
      case .entry(let entry): try receive(entry)
      case .gap(let entries): try receive(gap: entries)
      }
    }
    try trimTail()
    return channel.trouble == nil ? batch.end : .caughtUp
  }

  /// Whether an answer comes from a relay that was restored since this device last read it.
  ///
  /// Not where another process of this profile has read on since it was asked: this answer may be the older.
  private func isRestored(_ answer: ReadAnswer, asked: Position) -> Bool {
    !channel.incarnation.isEmpty && channel.incarnation != answer.incarnation.bytes
      && channel.read.position == asked
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
