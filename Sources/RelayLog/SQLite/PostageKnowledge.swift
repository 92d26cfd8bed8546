// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol

/// All that a relay knows about one token of postage that was spent: when and by whom is not among it.
package struct PostageKnowledge: Sendable, Codable {
  /// base64url, like every binary value here.
  package var nonce: String
  package var key: String
  /// The hash of what it was spent for.
  package var purpose: String
  /// The channel whose making it paid for, while the relay knows that channel.
  package var channel: String?

  static func fetchAll(_ database: Database) throws -> [PostageKnowledge] {
    // A store that was copied by an older version has no such table.
    let table = "SELECT count(*) FROM sqlite_schema WHERE name = 'postage'"
    guard try Int.fetchOne(database, sql: table) == 1 else { return [] }
    // A hash tells nothing to whoever has no channel to hash, and the relay has them all.
    var channels: [PostagePurpose: ChannelID] = [:]
    try PreparedStatement("SELECT id, class, first FROM channel", in: database).each([]) { row in
      let first = row.bytes(2)
      guard first.count == 64 else { throw RelayStoreError.integrity }
      let channel = NewChannel(
        id: try row.value(0), kind: row.integer(1) == 0 ? .intake : .relationship,
        token: TokenHash(checked: Array(first[..<32])),
        turn: TurnHash(checked: Array(first[32...])))
      channels[.creating(channel)] = channel.id
      return true
    }
    var found: [PostageKnowledge] = []
    try PreparedStatement("SELECT nullifier, keyid, purpose FROM postage", in: database)
      .each([]) { row in
        let purpose: PostagePurpose = try row.value(2)
        found.append(
          PostageKnowledge(
            nonce: Base64URL.encode(row.bytes(0)), key: Base64URL.encode(row.bytes(1)),
            purpose: Base64URL.encode(purpose.bytes),
            channel: channels[purpose].map { Base64URL.encode($0.bytes) }))
        return true
      }
    return found
  }
}
