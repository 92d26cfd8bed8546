// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables of the database and the marks by which it is recognised.
enum StoreSchema {
  /// "Alcv": what `file` and other programs see.
  static let applicationID: Int32 = 0x416C_6376
  static let version: Int32 = 1

  /// One table for all records: in the clear stand random ids, sequence numbers and key generations.
  /// Rows lie in the order of their addresses, so that a scan is one walk.
  static let definition = """
    CREATE TABLE record (
      kind       INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 255),
      owner      BLOB    NOT NULL CHECK (length(owner) = \(RecordOwner.count)),
      key        BLOB    NOT NULL CHECK (length(key) <= \(RecordKey.maximumCount)),
      generation INTEGER NOT NULL CHECK (generation BETWEEN 0 AND 4294967295),
      sealed     BLOB    NOT NULL,
      PRIMARY KEY (kind, owner, key)
    ) STRICT, WITHOUT ROWID;
    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    """

  /// Creates the tables in a database that is to be made; refuses one of somebody else or from the future.
  ///
  /// A store that is said to be there and holds nothing has been emptied: made anew, it would look like one
  /// in which nothing was ever kept.
  static func prepare(_ database: Database, _ opening: SQLiteRecordStore.Opening) throws {
    let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if application == applicationID {
      if version > self.version { throw StoreError.newerSchema }
      guard version == self.version else { throw StoreError.integrity }
      return
    }
    let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    guard application == 0, version == 0, objects == 0 else { throw StoreError.foreignFile }
    guard opening == .creating else { throw StoreError.integrity }
    try database.execute(sql: definition)
  }
}
