// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// What the writer clears away of blobs, in slices: those that nobody sealed, those past their days,
/// and those of channels that were closed. First the rows; files without a row are the sweeper's.
enum BlobHousekeeping {
  /// An upload that was begun may be ended within so many days.
  static let openDays: Int64 = 7

  /// From here on the blob is gone for everybody; its parts go in slices.
  static func takeAway(_ blob: Int64, _ memory: WriterMemory, _ database: Database) throws {
    try PreparedStatement("UPDATE blob SET gone = 1 WHERE b = ?", in: database)
      .execute(.integer(blob))
    memory.toStrip.append(blob)
  }

  /// What was taken away and not stripped before the process ended.
  static func leftovers(_ database: Database) throws -> [Int64] {
    var found: [Int64] = []
    try PreparedStatement(
      """
      SELECT b FROM blob
      WHERE gone = 1 AND EXISTS (SELECT 1 FROM part WHERE part.b = blob.b)
      """, in: database
    ).each([]) { row in
      found.append(row.integer(0))
      return true
    }
    return found
  }

  /// Deletes some parts of a blob that is gone; false when none is left.
  static func strip(
    _ blob: Int64, _ memory: WriterMemory, _ database: Database
  ) throws -> Bool {
    // Asked here: the transaction that took it away may have been rolled back.
    let channel = try PreparedStatement(
      "SELECT ch FROM blob WHERE b = ? AND gone = 1", in: database
    )
    .first(.integer(blob)) { $0.integer(0) }
    guard let channel else { return false }
    return try deleteParts(
      "SELECT b, idx, name FROM part WHERE b = ? LIMIT ?", blob, of: channel, memory, database)
  }

  /// Deletes some of the blobs of a closed channel; false when none is left.
  static func empty(
    _ channel: Int64, _ memory: WriterMemory, _ database: Database
  ) throws -> Bool {
    let hasMore = try deleteParts(
      """
      SELECT part.b, part.idx, part.name FROM blob JOIN part ON part.b = blob.b
      WHERE blob.ch = ? LIMIT ?
      """, channel, of: channel, memory, database)
    if hasMore { return true }
    try PreparedStatement(
      "DELETE FROM blob WHERE b IN (SELECT b FROM blob WHERE ch = ? LIMIT ?)", in: database
    ).execute(.integer(channel), .integer(Housekeeping.slice))
    return database.changesCount == Housekeeping.slice
  }

  /// Takes away what is past its days, and puts right what was written while the clock ran ahead; where the next slice goes on, or nil at the end.
  static func expire(
    after cursor: Int64, _ horizon: RetentionHorizon, _ memory: WriterMemory, _ database: Database
  ) throws -> Int64? {
    var last: Int64?
    var past: [Int64] = []
    var ahead: [Int64] = []
    try PreparedStatement(
      "SELECT b, gone, parts, day FROM blob WHERE b > ? ORDER BY b LIMIT ?", in: database
    ).each([.integer(cursor), .integer(Housekeeping.slice)]) { row in
      last = row.integer(0)
      guard row.integer(1) == 0 else { return true }
      let isOpen = row.isNull(2)
      let end = isOpen ? horizon.lastDay - openDays : horizon.day
      if isOpen || memory.policy.retentionDays != nil, row.integer(3) < end {
        past.append(row.integer(0))
      }
      if row.integer(3) > horizon.lastDay { ahead.append(row.integer(0)) }
      return true
    }
    for blob in ahead {
      try PreparedStatement("UPDATE blob SET day = ? WHERE b = ?", in: database)
        .execute(.integer(horizon.lastDay), .integer(blob))
    }
    for blob in past { try takeAway(blob, memory, database) }
    return last
  }

  private static func deleteParts(
    _ query: String, _ key: Int64, of channel: Int64, _ memory: WriterMemory, _ database: Database
  ) throws -> Bool {
    var parts: [(blob: Int64, index: Int64, name: PartName)] = []
    try PreparedStatement(query, in: database)
      .each([.integer(key), .integer(Housekeeping.slice)]) { row in
        parts.append((row.integer(0), row.integer(1), PartName(checked: row.bytes(2))))
        return true
      }
    guard !parts.isEmpty else { return false }
    for part in parts {
      try PreparedStatement("DELETE FROM part WHERE b = ? AND idx = ?", in: database)
        .execute(.integer(part.blob), .integer(part.index))
    }
    try PreparedStatement(
      "UPDATE channel SET blob_bytes = max(0, blob_bytes - ?) WHERE ch = ?", in: database
    ).execute(.integer(Int64(parts.count * PartIndex.partLength)), .integer(channel))
    memory.release(parts.map(\.name))
    return parts.count == Housekeeping.slice
  }
}
