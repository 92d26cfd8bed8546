// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol

/// All that a relay knows about one channel, but for the envelopes themselves.
package struct ChannelKnowledge: Sendable, Codable {
  /// base64url, like every binary value here.
  package var channel: String
  package var `class`: String
  package var state: String
  /// UTC day since 1970 with which it ends.
  package var expires: Int64?
  package var tokenHash: String
  package var turnHash: String
  /// What it was created with.
  package var firstTokenHash: String
  package var firstTurnHash: String
  /// The tokens of epochs that are over.
  package var retired: [Retired]
  package var head: Int64
  package var chain: String
  /// Envelopes that count against its quota, and their bytes.
  package var envelopes: Int64
  package var bytes: Int64
  /// Blobs that were ever made, and the bytes of those that are there.
  package var blobCount: Int64
  package var blobBytes: Int64
  package var entries: [Entry]
  package var blobs: [BlobKnowledge]

  package struct Retired: Sendable, Codable {
    package var tokenHash: String
    /// The last position that it opens.
    package var last: Int64

    private enum CodingKeys: String, CodingKey {
      case last
      case tokenHash = "token_sha256"
    }
  }

  package struct Entry: Sendable, Codable {
    package var seq: Int64
    package var id: String
    package var size: Int64
    package var hash: String
    package var chain: String
    /// Of a turn: what opens and turns the lock from then on.
    package var nextTokenHash: String?
    package var nextTurnHash: String?
    /// UTC day since 1970, nothing finer; nil where the body is gone.
    package var day: Int64?
    /// Its place in the order in which the envelopes of all channels came; nil where the body is gone.
    package var arrival: Int64?

    package var turns: Bool { nextTokenHash != nil }

    private enum CodingKeys: String, CodingKey {
      case seq, id, size, hash, chain, day, arrival
      case nextTokenHash = "next_token_sha256"
      case nextTurnHash = "next_turn_sha256"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case channel, `class`, state, expires, retired, head, chain, envelopes, bytes, entries,
      blobs
    case tokenHash = "token_sha256"
    case turnHash = "turn_sha256"
    case firstTokenHash = "first_token_sha256"
    case firstTurnHash = "first_turn_sha256"
    case blobCount = "blob_count"
    case blobBytes = "blob_bytes"
  }

  /// The channel with the next number, or nil behind the last.
  static func next(
    after number: Int64, _ database: Database
  ) throws -> (number: Int64, channel: ChannelKnowledge)? {
    // A store that was copied by an older version counts no blobs.
    let blobs = try RelaySchema.countsBlobs(database) ? "blobs" : "0"
    return try PreparedStatement(
      """
      SELECT ch, id, class, state, expires, token, turn, first, head, chain, bytes, blob_bytes,
        envelopes, \(blobs)
      FROM channel WHERE ch > ? ORDER BY ch LIMIT 1
      """, in: database
    ).first(.integer(number)) { row in
      let number = row.integer(0)
      let first = row.bytes(7)
      return (
        number,
        ChannelKnowledge(
          channel: text(row, 1), class: row.integer(2) == 0 ? "intake" : "relationship",
          state: row.integer(3) == 0 ? "open" : "closed",
          expires: row.isNull(4) ? nil : row.integer(4), tokenHash: text(row, 5),
          turnHash: text(row, 6), firstTokenHash: Base64URL.encode(Array(first.prefix(32))),
          firstTurnHash: Base64URL.encode(Array(first.dropFirst(32))),
          retired: try retired(number, database), head: row.integer(8), chain: text(row, 9),
          envelopes: row.integer(12), bytes: row.integer(10), blobCount: row.integer(13),
          blobBytes: row.integer(11),
          entries: try entries(number, database),
          blobs: try BlobKnowledge.fetchAll(of: number, database))
      )
    }
  }

  private static func retired(_ channel: Int64, _ database: Database) throws -> [Retired] {
    var found: [Retired] = []
    try PreparedStatement(
      "SELECT token, last FROM retired WHERE ch = ? ORDER BY last", in: database
    ).each([.integer(channel)]) { row in
      found.append(Retired(tokenHash: text(row, 0), last: row.integer(1)))
      return true
    }
    return found
  }

  private static func entries(_ channel: Int64, _ database: Database) throws -> [Entry] {
    var found: [Entry] = []
    try PreparedStatement(
      """
      SELECT entry.seq, entry.eid, entry.size, entry.hash, entry.chain, entry.next, body.day,
        entry.pos
      FROM entry LEFT JOIN body ON body.pos = entry.pos AND body.ch = entry.ch
      WHERE entry.ch = ? ORDER BY entry.seq
      """, in: database
    ).each([.integer(channel)]) { row in
      let named = try row.named(5)
      found.append(
        Entry(
          seq: row.integer(0), id: text(row, 1), size: row.integer(2), hash: text(row, 3),
          chain: text(row, 4), nextTokenHash: named.token.map { Base64URL.encode($0.bytes) },
          nextTurnHash: named.turn.map { Base64URL.encode($0.bytes) },
          day: row.isNull(6) ? nil : row.integer(6),
          arrival: row.isNull(7) ? nil : row.integer(7)))
      return true
    }
    return found
  }

  private static func text(_ row: Columns, _ index: Int32) -> String {
    Base64URL.encode(row.bytes(index))
  }
}
