// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import Primitives

/// The vault file on the disk: read only while it is private, replaced only as a whole.
struct VaultStorage: Sendable {
  let path: String

  private var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Held for the time of one change.
  func lock() throws(VaultError) -> FileLock {
    try checkFolder()
    return try FileLock(path: path + ".lock")
  }

  func exists() throws(VaultError) -> Bool {
    do throws(VaultError) { _ = try stamp() } catch {
      if error == .missing { return false }
      throw error
    }
    return true
  }

  func stamp() throws(VaultError) -> FileStamp {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw Self.failure(errno) }
    return FileStamp(status)
  }

  /// The whole file, if nobody but its owner could have read or changed it.
  func read() throws(VaultError) -> (bytes: [UInt8], stamp: FileStamp) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw Self.failure(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .unavailable }
    try checkFolder()
    guard status.st_mode & S_IFMT == S_IFREG else { throw .damaged }
    try Self.checkPrivate(status)
    let size = Int(status.st_size)
    guard size <= VaultFile.maximumSize else { throw .damaged }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), size - filled, Int(filled))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unavailable }
      filled += count
    }
    return (bytes, FileStamp(status))
  }

  /// Writes beside the file, flushes, and renames over it: whoever reads, also after a power cut, finds
  /// the old file or the new one.
  func write(_ bytes: [UInt8]) throws(VaultError) -> FileStamp {
    let draft = path + ".new"
    CrashPoint.reached()
    // What a crash left behind; it was never the vault.
    guard unsafe unlink(draft) == 0 || errno == ENOENT else { throw Self.failure(errno) }
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(errno) }
    let stamp: FileStamp
    do throws(VaultError) {
      defer { close(descriptor) }
      try Self.write(bytes, to: descriptor)
      guard fsync(descriptor) == 0 else { throw Self.failure(errno) }
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { throw .unavailable }
      stamp = FileStamp(status)
    } catch {
      unsafe unlink(draft)
      throw error
    }
    CrashPoint.reached()
    guard unsafe rename(draft, path) == 0 else {
      let code = errno
      unsafe unlink(draft)
      throw Self.failure(code)
    }
    CrashPoint.reached()
    let directory = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw Self.failure(errno) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw Self.failure(errno) }
    CrashPoint.reached()
    return stamp
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(VaultError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(errno) }
      written += count
    }
  }

  private func checkFolder() throws(VaultError) {
    var status = stat()
    // A link to a private folder is as good as the folder.
    guard unsafe fstatat(AT_FDCWD, folder, &status, 0) == 0 else { throw Self.failure(errno) }
    try Self.checkPrivate(status)
  }

  private static func checkPrivate(_ status: stat) throws(VaultError) {
    guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() else { throw .openToOthers }
  }

  static func failure(_ code: Int32) -> VaultError {
    switch code {
    case ENOENT: .missing
    case ENOSPC, EDQUOT: .noSpace
    case ENOMEM: .outOfMemory
    default: .unavailable
    }
  }
}
