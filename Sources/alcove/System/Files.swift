// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files as the command line needs them: whole, bounded, private.
enum Files {
  /// Type, owner and permission bits of a path.
  struct Facts {
    enum Kind { case file, directory, other }
    var kind: Kind
    var owner: UInt32
    var permissions: UInt32
    var size: Int64
  }

  /// The facts, or nil when nothing is there.
  static func facts(_ path: String) throws(SystemFailure) -> Facts? {
    var record = stat()
    guard unsafe stat(path, &record) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .last("stat")
    }
    let kind: Facts.Kind =
      switch record.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .other
      }
    return Facts(
      kind: kind, owner: record.st_uid, permissions: record.st_mode & 0o777,
      size: Int64(record.st_size))
  }

  /// The whole content, or a failure; EFBIG beyond the limit.
  static func read(_ path: String, limit: Int) throws(SystemFailure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open") }
    defer { close(descriptor) }
    return try Descriptor(number: descriptor).readAll(limit: limit)
  }

  /// What an argument names: a file, or standard input where it says `-`. A failure names it.
  static func input(_ argument: String, limit: Int) throws(Failure) -> [UInt8] {
    do throws(SystemFailure) {
      return argument == "-"
        ? try Descriptor.standardInput.readAll(limit: limit) : try read(argument, limit: limit)
    } catch {
      throw Failure(error, path: argument)
    }
  }

  enum Existing { case replace, refuse }

  /// Writes a private file (0600) beside its place and renames it into it, so that a reader sees all or nothing.
  static func write(
    _ bytes: [UInt8], to path: String, existing: Existing, permissions: UInt32 = 0o600
  ) throws(SystemFailure) {
    if existing == .refuse, try facts(path) != nil {
      throw SystemFailure(call: "open", number: EEXIST)
    }
    let draft = "\(path).\(getpid()).new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
    guard descriptor >= 0 else { throw .last("open") }
    do throws(SystemFailure) {
      try Descriptor(number: descriptor).write(bytes)
      guard fsync(descriptor) == 0 else { throw .last("fsync") }
      close(descriptor)
    } catch {
      close(descriptor)
      unsafe unlink(draft)
      throw error
    }
    guard unsafe rename(draft, path) == 0 else {
      let failure = SystemFailure.last("rename")
      unsafe unlink(draft)
      throw failure
    }
  }

  /// Makes a directory and those above it, each private (0700).
  static func makeDirectory(_ path: String) throws(SystemFailure) {
    if try facts(path)?.kind == .directory { return }
    let parent = directory(of: path)
    if parent != path { try makeDirectory(parent) }
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("mkdir") }
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }
}
