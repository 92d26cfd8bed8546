// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol

/// The tables of a relay. Bodies lie in the order of their arrival, with a narrow index beside them.
enum RelaySchema {
  /// "ALCR".
  static let applicationID = 0x414C_4352
  /// How many steps have been taken.
  static var version: Int { steps.count }

  /// Makes the tables of an empty database, adds what a younger version has, or checks those that are
  /// there.
  static func prepare(_ database: Database) throws {
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if application == 0, version == 0 {
      guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
        throw RelayStoreError.foreignFile
      }
      for step in steps { try database.execute(sql: step) }
      try StoreValues.setIncarnation(
        Incarnation(checked: SystemRandom().bytes(Incarnation.length)), database)
      try database.execute(
        sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(self.version);")
      return
    }
    guard application == applicationID else { throw RelayStoreError.foreignFile }
    guard version <= self.version else { throw RelayStoreError.newerSchema }
    guard version >= 1 else { throw RelayStoreError.foreignFile }
    if version == self.version { return }
    // What an older version made gets what it lacks, and counts as a younger one does.
    for step in steps[version...] { try database.execute(sql: step) }
    try database.execute(sql: "PRAGMA user_version = \(self.version)")
  }

  /// Whether the tables of blobs are there: a store that was copied by an older version has none.
  static func hasBlobs(_ database: Database) throws -> Bool {
    try Int.fetchOne(
      database, sql: "SELECT count(*) FROM sqlite_schema WHERE name = 'part'") == 1
  }

  /// Whether channels count the blobs that were made in them.
  static func countsBlobs(_ database: Database) throws -> Bool {
    try Int.fetchOne(
      database, sql: "SELECT count(*) FROM pragma_table_info('channel') WHERE name = 'blobs'") == 1
  }

  /// Each makes a store of its own number out of one of the number before.
  private static let steps = [
    tables, PostageStep.tables, BlobSchema.tables, BlobSchema.count, keptBytes,
  ]

  /// What has expired counts no longer against its channel. One look at every entry: 8 million, of 1 KiB in
  /// 10 GB, take a second or two where they are in memory.
  private static let keptBytes = """
    UPDATE channel SET bytes = (
      SELECT coalesce(sum(size), 0) FROM entry WHERE entry.ch = channel.ch AND pos IS NOT NULL);
    DELETE FROM relay WHERE key = 'unbounded';
    """

  private static let tables = """
    CREATE TABLE relay (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE channel (
      ch INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
      first BLOB NOT NULL CHECK (length(first) = 64),
      token BLOB NOT NULL CHECK (length(token) = 32),
      turn BLOB NOT NULL CHECK (length(turn) = 32),
      head INTEGER NOT NULL CHECK (head >= 0),
      chain BLOB NOT NULL CHECK (length(chain) = 32),
      envelopes INTEGER NOT NULL DEFAULT 0,
      bytes INTEGER NOT NULL DEFAULT 0,
      blob_bytes INTEGER NOT NULL DEFAULT 0,
      class INTEGER NOT NULL CHECK (class IN (0, 1)),
      state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1)),
      expires INTEGER
    ) STRICT;
    CREATE TABLE retired (
      ch INTEGER NOT NULL, token BLOB NOT NULL CHECK (length(token) = 32),
      last INTEGER NOT NULL, PRIMARY KEY (ch, token)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entry (
      ch INTEGER NOT NULL, seq INTEGER NOT NULL CHECK (seq >= 1),
      eid BLOB NOT NULL CHECK (length(eid) = 16),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      chain BLOB NOT NULL CHECK (length(chain) = 32),
      next BLOB NOT NULL CHECK (length(next) IN (0, 64)),
      size INTEGER NOT NULL, pos INTEGER,
      PRIMARY KEY (ch, seq), UNIQUE (ch, eid)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE body (
      pos INTEGER PRIMARY KEY, ch INTEGER NOT NULL, seq INTEGER NOT NULL,
      day INTEGER NOT NULL, spine INTEGER NOT NULL CHECK (spine IN (0, 1)), data BLOB NOT NULL
    ) STRICT;
    """
}
