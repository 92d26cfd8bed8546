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
  /// A blob that the source has taken away since the rows were copied is gone in the copy as well, with all
  /// of its parts. A part that the source knows and cannot show stays known in the copy: it is missing there
  /// too, and nothing else is the worse for it.
  ///
  /// - Returns: How many parts the source cannot show.
  static func make(
    from source: String, to target: String, _ database: DatabaseQueue
  ) throws -> Int {
    let (old, new) = (BlobFiles(of: source), BlobFiles(of: target))
    try new.prepare()
    var absent: [(blob: Int64, name: PartName)] = []
    try database.read { database in
      guard try RelaySchema.hasBlobs(database) else { return }
      try PreparedStatement("SELECT b, name FROM part ORDER BY name", in: database).each([]) {
        row in
        let name = PartName(checked: row.bytes(1))
        if try !copy(old.path(name), new.path(name)) { absent.append((row.integer(0), name)) }
        return true
      }
    }
    try StoreFile.flush(new.folder)
    guard !absent.isEmpty else { return 0 }
    let reader = try SQLiteRelayStore.openReader(source)
    let known = try reader.read { database in
      try absent.filter { part in
        try PreparedStatement("SELECT 1 FROM part WHERE name = ?", in: database)
          .first(.blob(part.name.bytes)) { _ in true } ?? false
      }
    }
    try reader.close()
    let gone = Set(absent.map(\.blob)).subtracting(known.map(\.blob))
    try database.write { database in
      for blob in gone {
        for name in try takeAway(blob, database) { new.remove(name) }
      }
    }
    return known.count
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

  /// False where there is no such file, or the disk cannot read it.
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
      // As it is: one that was cut short is found by whoever examines the copy.
      try part.write(Array(bytes))
      try part.keep(time: 0)
    } catch {
      throw RelayStoreError.unavailable
    }
    return true
  }
}
