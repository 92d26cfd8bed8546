// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// One read inside a reader's snapshot.
struct ReadStep: Hashable, Sendable {
  /// The most entries of one gap frame.
  private static let gapLength = 4_096

  let id: ChannelID
  let token: TokenHash
  let after: Position
  let maximumBytes: Int

  func perform(in database: Database) throws -> [Frame] {
    guard let channel = try StoredChannel.find(id, in: database) else {
      throw RelayError.refused(.noSuchChannel)
    }
    let access = try channel.access(token, in: database)
    let last: Position
    switch access {
    case .none: throw RelayError.refused(.noSuchChannel)
    case .current: last = channel.row.head.position
    case .retired(let position): last = position
    }
    guard after <= last else { throw RelayError.refused(.beyondHead) }
    // A body is fetched by position and channel and sequence number: positions can recur.
    let statement = try PreparedStatement(
      """
      SELECT entry.seq, entry.eid, entry.next, entry.chain, entry.hash, body.data
      FROM entry LEFT JOIN body
        ON body.pos = entry.pos AND body.ch = entry.ch AND body.seq = entry.seq
      WHERE entry.ch = ? AND entry.seq > ? AND entry.seq <= ? ORDER BY entry.seq
      """, in: database)
    var frames: [Frame] = []
    var bytes = 0
    var reached = after
    var gap: (first: Position, entries: [EntryHash])?
    func endGap() {
      if let open = gap { frames.append(Frame(.gap(first: open.first, entries: open.entries))) }
      gap = nil
    }
    try statement.each([.integer(channel.number), .position(after), .position(last)]) { row in
      let position = try row.position(0)
      guard position == reached.next else { throw RelayStoreError.integrity }
      let body = row.bytes(5)
      if body.isEmpty {
        if let open = gap, open.entries.count == Self.gapLength { endGap() }
        gap = (gap?.first ?? position, (gap?.entries ?? []) + [try row.value(4)])
      } else {
        endGap()
        if !frames.isEmpty, bytes + body.count > maximumBytes { return false }
        bytes += body.count
        let entry = EnvelopeEntry(
          position: position, id: try row.value(1), named: try row.named(2),
          chain: try row.value(3), envelope: body)
        // SQLite keeps no checksums. A damaged body shown as the real one would make honest readers
        // believe that the relay shows them different logs.
        let hash: EntryHash = try row.value(4)
        guard hash == EntryHash(id: entry.id, named: entry.named, envelope: body) else {
          throw RelayStoreError.integrity
        }
        frames.append(Frame(.envelope(entry)))
      }
      reached = position
      return true
    }
    endGap()
    if reached < last {
      frames.append(Frame(.head(last)))
    } else if case .retired = access {
      frames.append(Frame(.turned(last: last)))
    } else {
      frames.append(Frame(.caughtUp(channel.row.head)))
    }
    return frames
  }
}
