// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// A channel's row with its number in the store.
struct StoredChannel {
  let number: Int64
  var row: ChannelRow

  private static let columns =
    "ch, token, turn, head, chain, class, envelopes, bytes, state"

  static func find(_ id: ChannelID, in database: Database) throws -> StoredChannel? {
    let statement = try database.cachedStatement(
      sql: "SELECT \(columns) FROM channel WHERE id = ?")
    guard let row = try Row.fetchOne(statement, arguments: [Columns.data(id.bytes)]) else {
      return nil
    }
    return try StoredChannel(row)
  }

  private init(_ row: Row) throws {
    number = row[0]
    self.row = ChannelRow(
      token: try Columns.value(row, 1), turn: try Columns.value(row, 2),
      head: LogAt(position: try Columns.position(row, 3), chain: try Columns.value(row, 4)),
      kind: (row[5] as Int64) == 0 ? .intake : .relationship,
      envelopes: UInt64(clamping: row[6] as Int64), bytes: UInt64(clamping: row[7] as Int64),
      isClosed: (row[8] as Int64) != 0)
  }

  func access(_ token: TokenHash, in database: Database) throws -> Access {
    if row.isClosed { return .none }
    if token == row.token { return .current }
    return try lastPosition(ofRetired: token, in: database).map { .retired(last: $0) } ?? .none
  }

  func lastPosition(
    ofRetired token: TokenHash, in database: Database
  ) throws -> Position? {
    let statement = try database.cachedStatement(
      sql: "SELECT last FROM retired WHERE ch = ? AND token = ?")
    return try Row.fetchOne(statement, arguments: [number, Columns.data(token.bytes)])
      .map { try Columns.position($0, 0) }
  }
}
