// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The files of a store: who may read them, and what the system's refusals mean.
enum StoreFiles {
  /// Creates a file that only its owner can read; an existing one is left alone.
  static func create(_ path: String) throws(StoreError) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor < 0 {
      if errno == EEXIST { return }
      throw failure(errno)
    }
    Glibc.close(descriptor)
    // The name of a new file is durable only when its directory is.
    let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let parent = directory.isEmpty ? "." : directory.joined(separator: "/") + "/"
    let opened = unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw failure(errno) }
    defer { Glibc.close(opened) }
    guard fsync(opened) == 0 else { throw failure(errno) }
  }

  /// Whether there is a file.
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether a file holds nothing.
  static func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_size == 0
  }

  /// Refuses a database, or one of the files beside it, that others may read or write.
  static func requirePrivate(_ path: String) throws(StoreError) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
      var status = stat()
      guard unsafe lstat(path + suffix, &status) == 0 else {
        if suffix.isEmpty { throw .missing }
        continue
      }
      guard status.st_mode & S_IFMT == S_IFREG else { throw .foreignFile }
      guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() else {
        throw .readableByOthers
      }
    }
  }

  /// Translates `errno`.
  static func failure(_ number: Int32) -> StoreError {
    switch number {
    case ENOENT, ENOTDIR: .missing
    case ENOSPC, EDQUOT: .diskFull
    case EROFS, EACCES, EPERM: .readOnly
    case ELOOP: .foreignFile
    default: .unavailable
    }
  }
}
