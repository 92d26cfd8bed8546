// SPDX-License-Identifier: Apache-2.0

import GRDB

/// How much a relay holds.
package struct StoreSummary: Sendable, Equatable {
  package var openChannels: Int64 = 0
  package var closedChannels: Int64 = 0
  /// Of open channels, since they were made.
  package var envelopes: Int64 = 0
  /// Of the envelopes of open channels that are still there.
  package var bytes: Int64 = 0
  package var blobs: Int64 = 0
  /// Of the parts of those blobs.
  package var blobBytes: Int64 = 0

  static func fetch(_ database: Database) throws -> StoreSummary {
    var summary = StoreSummary()
    try PreparedStatement(
      "SELECT state, count(*), sum(head), sum(bytes) FROM channel GROUP BY state", in: database
    ).each([]) { row in
      guard row.integer(0) == 0 else {
        summary.closedChannels = row.integer(1)
        return true
      }
      summary.openChannels = row.integer(1)
      summary.envelopes = row.integer(2)
      summary.bytes = row.integer(3)
      return true
    }
    guard try RelaySchema.hasBlobs(database) else { return summary }
    try PreparedStatement(
      """
      SELECT count(DISTINCT blob.b), sum(part.size) FROM blob
      JOIN channel ON channel.ch = blob.ch AND channel.state = 0
      LEFT JOIN part ON part.b = blob.b WHERE blob.gone = 0
      """, in: database
    ).each([]) { row in
      summary.blobs = row.integer(0)
      summary.blobBytes = row.integer(1)
      return true
    }
    return summary
  }
}
