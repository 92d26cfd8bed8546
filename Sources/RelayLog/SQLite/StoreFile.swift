// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The database file before SQLite opens it.
enum StoreFile {
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether nothing was ever written to it.
  static func isEmpty(_ path: String) -> Bool {
    [path, path + "-wal"].allSatisfy { path in
      var status = stat()
      return unsafe stat(path, &status) != 0 || status.st_size == 0
    }
  }

  /// Makes it with mode 0600, which the files beside it inherit, or checks the one that is there.
  static func prepare(
    _ path: String, _ opening: SQLiteRelayStore.Opening
  ) throws(RelayStoreError) {
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      guard status.st_mode & 0o077 == 0 else { throw .readableByOthers }
      // What was emptied is no store that may begin anew: members would find a relay that knows nothing
      // and calls itself somebody else.
      guard opening == .creating || !isEmpty(path) else { throw .foreignFile }
      return
    }
    guard opening == .creating else { throw .missing }
    let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .unavailable }
    close(file)
  }

  /// Brings a file and its name to the disk.
  static func flush(_ path: String) throws(RelayStoreError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    for place in [path, folder.isEmpty ? "/" : folder] {
      let file = unsafe open(place, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { throw .unavailable }
      defer { close(file) }
      guard fsync(file) == 0 else { throw .unavailable }
    }
  }
}
