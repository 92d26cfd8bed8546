// SPDX-License-Identifier: Apache-2.0

/// The tables of blobs. Their bytes are not in them: each part is a file, found by its random name.
enum BlobSchema {
  /// A row stays as long as its channel, so that what is gone is gone for everybody.
  static let tables = """
    CREATE TABLE blob (
      b INTEGER PRIMARY KEY, ch INTEGER NOT NULL,
      id BLOB NOT NULL CHECK (length(id) = 32),
      parts INTEGER CHECK (parts BETWEEN 1 AND 8192),
      hash BLOB CHECK (length(hash) = 32),
      sealed_at INTEGER CHECK (sealed_at >= 0),
      day INTEGER NOT NULL,
      gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
      UNIQUE (ch, id),
      CHECK ((parts IS NULL) = (hash IS NULL) AND (parts IS NULL) = (sealed_at IS NULL))
    ) STRICT;
    CREATE TABLE part (
      b INTEGER NOT NULL, idx INTEGER NOT NULL CHECK (idx BETWEEN 0 AND 8191),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      size INTEGER NOT NULL CHECK (size = 1048576),
      name BLOB NOT NULL UNIQUE CHECK (length(name) = 16),
      PRIMARY KEY (b, idx)
    ) STRICT, WITHOUT ROWID;
    """

  /// What a store lacks whose blobs were not counted.
  static let count = """
    ALTER TABLE channel ADD COLUMN blobs INTEGER NOT NULL DEFAULT 0;
    UPDATE channel SET blobs = (SELECT count(*) FROM blob WHERE blob.ch = channel.ch);
    """
}
