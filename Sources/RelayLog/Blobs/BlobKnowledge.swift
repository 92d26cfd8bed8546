// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives

/// All that a relay knows about one blob.
package struct BlobKnowledge: Sendable, Codable {
  /// base64url.
  package var id: String
  package var state: String
  /// Of what was sealed.
  package var hash: String?
  /// How many parts it was sealed with, also when they are gone.
  package var sealedParts: Int64?
  /// Parts that are there, of 1 MiB each.
  package var parts: [Part]
  /// Where the log ended when it was sealed.
  package var sealedAt: Int64?
  /// UTC day since 1970 of its beginning, or of its seal.
  package var day: Int64

  package struct Part: Sendable, Codable {
    package var index: Int64
    package var hash: String
    /// Of the file that it lies in.
    package var name: String
  }

  private enum CodingKeys: String, CodingKey {
    case id, state, hash, parts, day
    case sealedParts = "sealed_parts"
    case sealedAt = "sealed_at"
  }

  static func fetchAll(of channel: Int64, _ database: Database) throws -> [BlobKnowledge] {
    guard try RelaySchema.hasBlobs(database) else { return [] }
    var found: [BlobKnowledge] = []
    try PreparedStatement(
      """
      SELECT id, gone, hash, sealed_at, day, b, parts FROM blob WHERE ch = ? ORDER BY b
      """, in: database
    ).each([.integer(channel)]) { row in
      found.append(
        BlobKnowledge(
          id: Base64URL.encode(row.bytes(0)),
          state: row.integer(1) != 0 ? "gone" : row.isNull(2) ? "open" : "sealed",
          hash: row.isNull(2) ? nil : Base64URL.encode(row.bytes(2)),
          sealedParts: row.isNull(6) ? nil : row.integer(6),
          parts: try parts(of: row.integer(5), database),
          sealedAt: row.isNull(3) ? nil : row.integer(3), day: row.integer(4)))
      return true
    }
    return found
  }

  private static func parts(of blob: Int64, _ database: Database) throws -> [Part] {
    var found: [Part] = []
    try PreparedStatement("SELECT idx, hash, name FROM part WHERE b = ? ORDER BY idx", in: database)
      .each([.integer(blob)]) { row in
        found.append(
          Part(
            index: row.integer(0), hash: Base64URL.encode(row.bytes(1)),
            name: Base64URL.encode(row.bytes(2))))
        return true
      }
    return found
  }
}
