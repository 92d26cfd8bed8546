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
    let channels = try Row.fetchCursor(
      database, sql: "SELECT ch, id, head, chain FROM channel WHERE state = 0 ORDER BY ch")
    while let row = try channels.next() {
      let number: Int64 = row[0]
      let head = LogAt(
        position: try Columns.position(row, 2), chain: try Columns.value(row, 3))
      guard try logMatches(number, try Columns.value(row, 1), head, database) else {
        findings.append("the log of channel number \(number) does not match its chain")
        continue
      }
    }
    return findings
  }

  private static func logMatches(
    _ number: Int64, _ id: ChannelID, _ head: LogAt, _ database: Database
  ) throws -> Bool {
    var at = LogAt(position: Position(0), chain: .founding(id))
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT entry.seq, entry.eid, entry.next, entry.chain, entry.hash, body.data, entry.pos
        FROM entry LEFT JOIN body
          ON body.pos = entry.pos AND body.ch = entry.ch AND body.seq = entry.seq
        WHERE entry.ch = ? ORDER BY entry.seq
        """, arguments: [number])
    while let row = try rows.next() {
      let position = try Columns.position(row, 0)
      let hash: EntryHash = try Columns.value(row, 4)
      let body = Columns.bytes(row, 5)
      if row[6] as Int64? != nil {
        let entry = EntryHash(
          id: try Columns.value(row, 1), named: try Columns.named(row, 2), envelope: body)
        guard entry == hash else { return false }
      }
      let chain = at.chain.adding(hash, at: position)
      guard position == at.position.next, chain == (try Columns.value(row, 3) as ChainHash) else {
        return false
      }
      at = LogAt(position: position, chain: chain)
    }
    return at == head
  }
}
