// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Glibc
import RelayProtocol

/// The files of parts beside a copied store.
///
/// A part's file never changes once it has its name: where it can, a copy shares it (a hard link), which
/// takes neither time nor room, and elsewhere it has its own.
enum BlobCopies {
  /// Gives the store at `target`, which `database` is, the files of the one at `source`.
  ///
  /// A blob whose file is not there any more was taken away since the rows were copied: it is gone in
  /// the copy as well, with all of its parts.
  static func make(
    from source: String, to target: String, _ database: DatabaseQueue
  ) throws {
    let (old, new) = (BlobFiles(of: source), BlobFiles(of: target))
    try new.prepare()
    let missing = try database.read { database in
      guard try RelaySchema.hasBlobs(database) else { return Set<Int64>() }
      var missing: Set<Int64> = []
      try PreparedStatement("SELECT b, name FROM part ORDER BY name", in: database).each([]) {
        row in
        let name = PartName(checked: row.bytes(1))
        if try !copy(old.path(name), new.path(name)) { missing.insert(row.integer(0)) }
        return true
      }
      return missing
    }
    try StoreFile.flush(new.folder)
    guard !missing.isEmpty else { return }
    try database.write { database in
      for blob in missing {
        for name in try takeAway(blob, database) { new.remove(name) }
      }
    }
  }

  /// Makes a blob gone at once; the names of its parts.
  private static func takeAway(_ blob: Int64, _ database: Database) throws -> [PartName] {
    var names: [PartName] = []
    try PreparedStatement("SELECT name FROM part WHERE b = ?", in: database)
      .each([.integer(blob)]) { row in
        names.append(PartName(checked: row.bytes(0)))
        return true
      }
    try PreparedStatement("DELETE FROM part WHERE b = ?", in: database).execute(.integer(blob))
    try PreparedStatement("UPDATE blob SET gone = 1 WHERE b = ?", in: database)
      .execute(.integer(blob))
    try PreparedStatement(
      """
      UPDATE channel SET blob_bytes = max(0, blob_bytes - ?)
      WHERE ch = (SELECT ch FROM blob WHERE b = ?)
      """, in: database
    ).execute(.integer(Int64(names.count * PartIndex.partLength)), .integer(blob))
    return names
  }

  /// False when there is no such file.
  private static func copy(_ source: String, _ target: String) throws -> Bool {
    if unsafe link(source, target) == 0 { return true }
    switch errno {
    case ENOENT: return false
    case EXDEV, EPERM, EMLINK, EOPNOTSUPP: break
    default: throw RelayStoreError.unavailable
    }
    guard let bytes = FileManager.default.contents(atPath: source) else { return false }
    let file = unsafe open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw RelayStoreError.unavailable }
    let part = PartFile(PartName(), descriptor: file)
    defer { part.close() }
    do {
      try part.write(Array(bytes))
      _ = try part.flush(time: 0)
    } catch {
      throw RelayStoreError.unavailable
    }
    return true
  }
}
