// SPDX-License-Identifier: Apache-2.0

import GRDB

/// When the write-ahead log is written back.
///
/// Everybody who appends waits while one is made, and it takes as long as there is log: at 64 MiB the slowest
/// hundredth of appends of a busy relay took two to three times as long, and at 16 MiB no fewer came in all.
struct Checkpoints {
  enum Mode: String {
    case passive = "PASSIVE"
    /// Waits a moment for readers, so that the log begins anew even if one of them always stands in the
    /// way.
    case restart = "RESTART"
    /// As that, and the file of the log is emptied: of what was deleted the log would keep what it was for as long as
    /// little is written.
    case truncate = "TRUNCATE"
  }

  /// 16 MiB in pages of 4 KiB.
  static let largeLog = 4_096
  /// After a checkpoint that a reader kept from finishing, the next comes so many pages later.
  static let pause = 2_048
  /// How long one waits for readers, in milliseconds.
  static let patience = 20

  private var count = 0
  private var threshold = Self.largeLog

  /// Writes the log back, as far as readers let it; they are waited for as long as for any lock.
  ///
  /// - Returns: Whether the log is as the mode would have it.
  static func run(_ mode: Mode, _ database: Database) throws -> Bool {
    try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(\(mode.rawValue))") == 0
  }

  /// Asked after each commit.
  mutating func due(logPages: Int) -> Mode? {
    guard logPages >= threshold else {
      // The log began anew.
      if logPages < Self.largeLog { threshold = Self.largeLog }
      return nil
    }
    count += 1
    threshold = logPages + Self.pause
    return count.isMultiple(of: 4) ? .restart : .passive
  }
}
