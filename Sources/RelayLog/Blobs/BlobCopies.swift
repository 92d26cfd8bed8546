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
  /// the copy as well.
  static func make(
    from source: String, to target: String, _ database: DatabaseQueue
  ) throws {
    let (old, new) = (BlobFiles(of: source), BlobFiles(of: target))
    try new.prepare()
    let missing = try database.read { database in
      guard try RelaySchema.hasBlobs(database) else { return [Int64]() }
      var missing: [Int64] = []
      try PreparedStatement("SELECT b, name FROM part ORDER BY name", in: database).each([]) {
        row in
        let name = PartName(checked: row.bytes(1))
        if try !copy(old.path(name), new.path(name)) { missing.append(row.integer(0)) }
        return true
      }
      return missing
    }
    try StoreFile.flush(new.folder)
    guard !missing.isEmpty else { return }
    try database.write { database in
      for blob in missing {
        try PreparedStatement("UPDATE blob SET gone = 1 WHERE b = ?", in: database)
          .execute(.integer(blob))
      }
    }
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
