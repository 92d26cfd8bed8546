// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// A channel's row with its number in the store.
struct StoredChannel {
  let number: Int64
  var row: ChannelRow
  /// The UTC day after which it ends.
  let expires: Int64?

  private static let columns =
    "ch, token, turn, head, chain, class, envelopes, bytes, state, expires"

  static func find(_ id: ChannelID, in database: Database) throws -> StoredChannel? {
    try PreparedStatement("SELECT \(columns) FROM channel WHERE id = ?", in: database)
      .first(.value(id)) { try StoredChannel($0) }
  }

  private init(_ row: Columns) throws {
    number = row.integer(0)
    expires = row.isNull(9) ? nil : row.integer(9)
    self.row = ChannelRow(
      token: try row.value(1), turn: try row.value(2),
      head: LogAt(position: try row.position(3), chain: try row.value(4)),
      kind: row.kind(5),
      envelopes: UInt64(clamping: row.integer(6)), bytes: UInt64(clamping: row.integer(7)),
      isClosed: row.integer(8) != 0)
  }

  func access(_ token: TokenHash, in database: Database) throws -> Access {
    if row.isClosed { return .none }
    if token == row.token { return .current }
    return try lastPosition(ofRetired: token, in: database).map { .retired(last: $0) } ?? .none
  }

  func lastPosition(
    ofRetired token: TokenHash, in database: Database
  ) throws -> Position? {
    try PreparedStatement("SELECT last FROM retired WHERE ch = ? AND token = ?", in: database)
      .first(.integer(number), .value(token)) { try $0.position(0) }
  }
}
