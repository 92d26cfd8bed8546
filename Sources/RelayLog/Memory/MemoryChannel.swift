// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// One channel of a ``MemoryRelay``.
struct MemoryChannel: Sendable {
  var row: ChannelRow
  var entries: [EnvelopeEntry] = []
  var retired: [TokenHash: Position] = [:]
  /// Up to here bodies are not shown any more, but those of turns.
  var expired = Position(0)
  /// What the channel was created with.
  let first: (token: TokenHash, turn: TurnHash)

  init(_ new: NewChannel) {
    row = ChannelRow(new)
    first = (new.token, new.turn)
  }

  func access(_ token: TokenHash) -> Access {
    if row.isClosed { return .none }
    if token == row.token { return .current }
    return retired[token].map { .retired(last: $0) } ?? .none
  }

  mutating func append(
    _ job: AppendJob, _ circumstances: Circumstances = Circumstances()
  ) -> Verdict {
    let seen = entries.first { $0.id == job.id }.map { entry in
      (
        at: LogAt(position: entry.position, chain: entry.chain),
        entry: EntryHash(id: entry.id, named: entry.named, envelope: entry.envelope)
      )
    }
    let verdict = Judgement.judge(
      job,
      Judgement.Evidence(
        channel: row, access: access(job.token), seen: seen,
        namesUsedHash: namesUsedHash(job.named), circumstances: circumstances))
    guard case .append(let at) = verdict else { return verdict }
    entries.append(
      EnvelopeEntry(
        position: at.position, id: job.id, named: job.named, chain: at.chain,
        envelope: job.envelope))
    row.head = at
    row.envelopes += 1
    row.bytes += UInt64(job.envelope.count)
    if let token = job.named.token, let turn = job.named.turn {
      retired[row.token] = at.position
      row.token = token
      row.turn = turn
    }
    return verdict
  }

  private func namesUsedHash(_ named: NamedHashes) -> Bool {
    guard let token = named.token, let turn = named.turn else { return false }
    return token == row.token || retired[token] != nil || turn == row.turn
  }

  /// What a reader with `access` gets behind `after`.
  func frames(after: Position, access: Access, maximumBytes: Int) throws(RelayError) -> [Frame] {
    let last: Position
    switch access {
    case .none: throw .refused(.noSuchChannel)
    case .current: last = row.head.position
    case .retired(let position): last = position
    }
    guard after <= last else { throw .refused(.beyondHead) }
    var frames: [Frame] = []
    var bytes = 0
    // Positions count from 1 without gaps, so that an index is a position.
    for entry in entries[Int(after.value)..<Int(last.value)] {
      if entry.position <= expired, entry.named.isEmpty {
        let hash = EntryHash(id: entry.id, named: entry.named, envelope: entry.envelope)
        frames.append(Frame(.gap(first: entry.position, entries: [hash])))
        continue
      }
      if !frames.isEmpty, bytes + entry.envelope.count > maximumBytes {
        return frames + [Frame(.head(last))]
      }
      bytes += entry.envelope.count
      frames.append(Frame(.envelope(entry)))
    }
    switch access {
    case .retired: frames.append(Frame(.turned(last: last)))
    default: frames.append(Frame(.caughtUp(row.head)))
    }
    return frames
  }
}
