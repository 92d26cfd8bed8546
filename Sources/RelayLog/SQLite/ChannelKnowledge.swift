// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol

/// All that a relay knows about one channel.
package struct ChannelKnowledge: Sendable, Codable {
  /// base64url, like every binary value here.
  package var channel: String
  package var `class`: String
  package var state: String
  package var tokenHash: String
  package var turnHash: String
  package var head: Int64
  package var chain: String
  package var bytes: Int64
  package var turns: Int64
  package var entries: [Entry]
  package var blobs: [BlobKnowledge]

  package struct Entry: Sendable, Codable {
    package var seq: Int64
    package var id: String
    package var size: Int64
    package var turns: Bool
    /// UTC day since 1970, nothing finer; nil where the body is gone.
    package var day: Int64?
  }

  private enum CodingKeys: String, CodingKey {
    case channel, `class`, state, head, chain, bytes, turns, entries, blobs
    case tokenHash = "token_sha256"
    case turnHash = "turn_sha256"
  }

  static func fetchAll(_ database: Database) throws -> [ChannelKnowledge] {
    var found: [ChannelKnowledge] = []
    try PreparedStatement(
      """
      SELECT ch, id, class, state, token, turn, head, chain, bytes,
        (SELECT count(*) FROM retired WHERE retired.ch = channel.ch)
      FROM channel ORDER BY ch
      """, in: database
    ).each([]) { row in
      found.append(
        ChannelKnowledge(
          channel: text(row, 1), class: row.integer(2) == 0 ? "intake" : "relationship",
          state: row.integer(3) == 0 ? "open" : "closed", tokenHash: text(row, 4),
          turnHash: text(row, 5), head: row.integer(6), chain: text(row, 7),
          bytes: row.integer(8), turns: row.integer(9),
          entries: try entries(row.integer(0), database),
          blobs: try BlobKnowledge.fetchAll(of: row.integer(0), database)))
      return true
    }
    return found
  }

  private static func entries(_ channel: Int64, _ database: Database) throws -> [Entry] {
    var found: [Entry] = []
    try PreparedStatement(
      """
      SELECT entry.seq, entry.eid, entry.size, length(entry.next), body.day
      FROM entry LEFT JOIN body ON body.pos = entry.pos AND body.ch = entry.ch
      WHERE entry.ch = ? ORDER BY entry.seq
      """, in: database
    ).each([.integer(channel)]) { row in
      found.append(
        Entry(
          seq: row.integer(0), id: text(row, 1), size: row.integer(2), turns: row.integer(3) > 0,
          day: row.isNull(4) ? nil : row.integer(4)))
      return true
    }
    return found
  }

  private static func text(_ row: Columns, _ index: Int32) -> String {
    Base64URL.encode(row.bytes(index))
  }
}
