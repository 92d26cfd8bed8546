// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// What a store knows about itself.
enum StoreValues {
  private static func read(_ key: String, _ database: Database) throws -> [UInt8]? {
    try PreparedStatement("SELECT value FROM relay WHERE key = ?", in: database)
      .first(.text(key)) { $0.bytes(0) }
  }

  private static func write(_ key: String, _ value: [UInt8], _ database: Database) throws {
    try PreparedStatement(
      "INSERT INTO relay (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      in: database
    ).execute(.text(key), .blob(value))
  }

  static func incarnation(_ database: Database) throws -> Incarnation {
    guard let bytes = try read("incarnation", database) else { throw RelayStoreError.integrity }
    do { return try Incarnation(bytes: bytes) } catch { throw RelayStoreError.integrity }
  }

  static func setIncarnation(_ incarnation: Incarnation, _ database: Database) throws {
    try write("incarnation", incarnation.bytes, database)
  }

  /// Nil for a store that no day was seen in yet.
  static func horizon(_ database: Database) throws -> RetentionHorizon? {
    guard let last = try day("last-day", database), let horizon = try day("horizon", database)
    else { return nil }
    return RetentionHorizon(lastDay: last, day: horizon)
  }

  static func setHorizon(_ horizon: RetentionHorizon, _ database: Database) throws {
    try write("last-day", Array(String(horizon.lastDay).utf8), database)
    try write("horizon", Array(String(horizon.day).utf8), database)
  }

  private static func day(_ key: String, _ database: Database) throws -> Int64? {
    guard let bytes = try read(key, database) else { return nil }
    guard let day = Int64(String(decoding: bytes, as: UTF8.self)) else {
      throw RelayStoreError.integrity
    }
    return day
  }

  /// Whether the store was restored and has not been served for long enough since.
  static func isRecovering(_ database: Database) throws -> Bool {
    try read("recovering", database) != nil
  }

  static func setRecovering(_ isRecovering: Bool, _ database: Database) throws {
    if isRecovering { return try write("recovering", [1], database) }
    try PreparedStatement("DELETE FROM relay WHERE key = 'recovering'", in: database).execute()
  }
}
