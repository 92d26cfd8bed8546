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

  package struct Entry: Sendable, Codable {
    package var seq: Int64
    package var id: String
    package var size: Int64
    package var turns: Bool
    /// UTC day since 1970, nothing finer; nil where the body is gone.
    package var day: Int64?
  }

  private enum CodingKeys: String, CodingKey {
    case channel, `class`, state, head, chain, bytes, turns, entries
    case tokenHash = "token_sha256"
    case turnHash = "turn_sha256"
  }

  static func fetchAll(_ database: Database) throws -> [ChannelKnowledge] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT ch, id, class, state, token, turn, head, chain, bytes,
          (SELECT count(*) FROM retired WHERE retired.ch = channel.ch)
        FROM channel ORDER BY ch
        """)
    return try rows.map { row in
      ChannelKnowledge(
        channel: text(row, 1), class: (row[2] as Int64) == 0 ? "intake" : "relationship",
        state: (row[3] as Int64) == 0 ? "open" : "closed", tokenHash: text(row, 4),
        turnHash: text(row, 5), head: row[6], chain: text(row, 7), bytes: row[8], turns: row[9],
        entries: try entries(row[0], database))
    }
  }

  private static func entries(_ channel: Int64, _ database: Database) throws -> [Entry] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT entry.seq, entry.eid, entry.size, length(entry.next), body.day
        FROM entry LEFT JOIN body ON body.pos = entry.pos AND body.ch = entry.ch
        WHERE entry.ch = ? ORDER BY entry.seq
        """, arguments: [channel]
    ).map { row in
      Entry(
        seq: row[0], id: text(row, 1), size: row[2], turns: (row[3] as Int64) > 0, day: row[4])
    }
  }

  private static func text(_ row: Row, _ index: Int) -> String {
    Base64URL.encode(Columns.bytes(row, index))
  }
}
