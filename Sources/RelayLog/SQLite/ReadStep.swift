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
      SELECT entry.seq, entry.eid, entry.next, entry.chain, entry.hash, entry.pos, body.data
      FROM entry LEFT JOIN body
        ON body.pos = entry.pos AND body.ch = entry.ch AND body.seq = entry.seq
      WHERE entry.ch = ? AND entry.seq > ? AND entry.seq <= ? ORDER BY entry.seq
      """, in: database)
    var frames: [Frame] = []
    var bytes = 0
    var reached = after
    // The last entries up to `reached`, whose bodies went with their days.
    var gone: [EntryHash] = []
    func endGap() {
      guard !gone.isEmpty else { return }
      let first = Position(reached.value + 1 - UInt64(gone.count))
      frames.append(Frame(.gap(first: first, entries: gone)))
      gone = []
    }
    try statement.each([.integer(channel.number), .position(after), .position(last)]) { row in
      let position = try row.position(0)
      guard position == reached.next else { throw RelayStoreError.integrity }
      let hash: EntryHash = try row.value(4)
      let named = try row.named(2)
      let isGone = row.isNull(5)
      let body = row.bytes(6)
      let size = isGone ? EntryHash.length : body.count
      if reached != after, bytes + size > maximumBytes { return false }
      bytes += size
      if isGone {
        // A turn stays as long as its channel does.
        guard named.isEmpty else { throw RelayStoreError.integrity }
        if gone.count == Self.gapLength { endGap() }
        gone.append(hash)
      } else {
        endGap()
        let entry = EnvelopeEntry(
          position: position, id: try row.value(1), named: named, chain: try row.value(3),
          envelope: body)
        // SQLite keeps no checksums. A damaged or missing body shown as the real one, or as one whose
        // days were over, would make honest readers believe that the relay shows them different logs.
        guard hash == EntryHash(id: entry.id, named: named, envelope: body) else {
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
