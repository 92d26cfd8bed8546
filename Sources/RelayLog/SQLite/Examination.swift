// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// Reads a whole store and computes every hash in it again.
///
/// SQLite finds a page that contradicts another one, and no byte that changed inside a body.
enum Examination {
  /// What is wrong, in words without ids; empty for a sound store.
  static func findings(_ database: Database) throws -> [String] {
    let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check(10)")
    guard pages == ["ok"] else { return pages }
    var findings: [String] = []
    try PreparedStatement(
      "SELECT ch, id, head, chain FROM channel WHERE state = 0 ORDER BY ch", in: database
    ).each([]) { row in
      let head = LogAt(position: try row.position(2), chain: try row.value(3))
      if try !logMatches(row.integer(0), try row.value(1), head, database) {
        findings.append("the log of channel number \(row.integer(0)) does not match its chain")
      }
      return true
    }
    return findings
  }

  private static func logMatches(
    _ number: Int64, _ id: ChannelID, _ head: LogAt, _ database: Database
  ) throws -> Bool {
    var at = LogAt(position: Position(0), chain: .founding(id))
    var matches = true
    try PreparedStatement(
      """
      SELECT entry.seq, entry.eid, entry.next, entry.chain, entry.hash, body.data, entry.pos
      FROM entry LEFT JOIN body
        ON body.pos = entry.pos AND body.ch = entry.ch AND body.seq = entry.seq
      WHERE entry.ch = ? ORDER BY entry.seq
      """, in: database
    ).each([.integer(number)]) { row in
      let position = try row.position(0)
      let hash: EntryHash = try row.value(4)
      let named = try row.named(2)
      if row.isNull(6) {
        // Its days are over; a turn stays as long as its channel does.
        matches = matches && named.isEmpty
      } else {
        let entry = EntryHash(id: try row.value(1), named: named, envelope: row.bytes(5))
        matches = matches && entry == hash
      }
      let chain = at.chain.adding(hash, at: position)
      let claimed: ChainHash = try row.value(3)
      matches = matches && position == at.position.next && chain == claimed
      at = LogAt(position: position, chain: chain)
      return matches
    }
    return matches && at == head
  }
}
