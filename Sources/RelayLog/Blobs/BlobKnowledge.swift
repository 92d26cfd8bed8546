// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives

/// All that a relay knows about one blob.
package struct BlobKnowledge: Sendable, Codable {
  /// base64url.
  package var id: String
  package var state: String
  /// Parts that are there, of 1 MiB each.
  package var parts: Int64
  /// Where the log ended when it was sealed.
  package var sealedAt: Int64?
  /// UTC day since 1970 of its beginning, or of its seal.
  package var day: Int64

  private enum CodingKeys: String, CodingKey {
    case id, state, parts, day
    case sealedAt = "sealed_at"
  }

  static func fetchAll(of channel: Int64, _ database: Database) throws -> [BlobKnowledge] {
    guard try RelaySchema.hasBlobs(database) else { return [] }
    var found: [BlobKnowledge] = []
    try PreparedStatement(
      """
      SELECT id, gone, parts IS NULL, sealed_at, day,
        (SELECT count(*) FROM part WHERE part.b = blob.b)
      FROM blob WHERE ch = ? ORDER BY b
      """, in: database
    ).each([.integer(channel)]) { row in
      found.append(
        BlobKnowledge(
          id: Base64URL.encode(row.bytes(0)),
          state: row.integer(1) != 0 ? "gone" : row.integer(2) != 0 ? "open" : "sealed",
          parts: row.integer(5), sealedAt: row.isNull(3) ? nil : row.integer(3),
          day: row.integer(4)))
      return true
    }
    return found
  }
}
