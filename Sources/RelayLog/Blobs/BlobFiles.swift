// SPDX-License-Identifier: Apache-2.0

import Glibc
import RelayProtocol
import Synchronization

/// The folder of the parts beside a store: `tmp` for those that are arriving, the rest by random names.
///
/// A file is whole and durable before there is a row for it, and stays until its row is gone. So a file
/// without a row is nobody's, unless it is on its way.
final class BlobFiles: Sendable {
  let folder: String
  private var drafts: String { folder + "/tmp" }
  /// Files that have no row yet.
  private let onTheirWay = Mutex<Set<PartName>>([])

  static func folder(of store: String) -> String { store + "-blobs" }

  init(of store: String) { folder = Self.folder(of: store) }

  /// Makes the folder, or checks the one that is there, and clears what was arriving when the last
  /// process ended. Nobody else may be using the store.
  func prepare() throws(RelayStoreError) {
    var status = stat()
    if unsafe stat(folder, &status) == 0 {
      guard status.st_mode & 0o077 == 0 else { throw .readableByOthers }
    } else {
      guard unsafe mkdir(folder, 0o700) == 0 else { throw .unavailable }
      try StoreFile.flush(folder)
    }
    guard unsafe mkdir(drafts, 0o700) == 0 || errno == EEXIST else { throw .unavailable }
    do {
      try Self.forEachSlice(of: drafts, 256) { names in
        for name in names { unsafe unlink(drafts + "/" + name) }
      }
    } catch {
      throw .unavailable
    }
  }

  /// An empty file on its way.
  func begin() throws(RelayError) -> PartFile {
    let name = PartName()
    let file = unsafe open(
      drafts + "/" + name.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.error(errno) }
    onTheirWay.withLock { _ = $0.insert(name) }
    return PartFile(name, descriptor: file)
  }

  /// Gives a whole part its place, durably; it stays on its way until ``settle(_:)``.
  ///
  /// - Parameter day: UTC day since 1970, which its time of change becomes. What the file system notes by
  ///   itself (when it was made, when it was read) is beyond us.
  func place(_ part: PartFile, day: Int64) throws(RelayError) -> PartHash {
    let hash = try part.flush(time: day * 86_400)
    part.close()
    guard unsafe rename(drafts + "/" + part.name.text, path(part.name)) == 0 else {
      throw Self.error(errno)
    }
    do { try StoreFile.flush(folder) } catch { throw .refused(.unavailable) }
    return hash
  }

  /// Gives a placed part the name of one with the same bytes, whatever has become of that one's file.
  func replace(_ known: PartName, by part: PartFile) throws(RelayError) {
    guard unsafe rename(path(part.name), path(known)) == 0 else { throw Self.error(errno) }
    do { try StoreFile.flush(folder) } catch { throw .refused(.unavailable) }
    settle(part)
  }

  /// The part has a row.
  func settle(_ part: PartFile) {
    part.close()
    onTheirWay.withLock { _ = $0.remove(part.name) }
  }

  /// The part has no row and gets none.
  func discard(_ part: PartFile) {
    part.close()
    unsafe unlink(drafts + "/" + part.name.text)
    unsafe unlink(path(part.name))
    settle(part)
  }

  func path(_ name: PartName) -> String { folder + "/" + name.text }

  func remove(_ name: PartName) { unsafe unlink(path(name)) }

  func isOnItsWay(_ name: PartName) -> Bool { onTheirWay.withLock { $0.contains(name) } }

  /// All parts in their places, at most `count` at a time: there may be millions, and some of them are removed
  /// meanwhile.
  func forEachSlice(of count: Int, _ body: ([PartName]) throws -> Void) throws {
    try Self.forEachSlice(of: folder, count) { try body($0.compactMap { PartName(text: $0) }) }
  }

  private static func forEachSlice(
    of folder: String, _ count: Int, _ body: ([String]) throws -> Void
  ) throws {
    guard let directory = unsafe opendir(folder) else { throw RelayStoreError.unavailable }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
      if names.count == count {
        try body(names)
        names = []
      }
    }
    try body(names)
  }

  /// What a failed call of the system means to a client. Nothing was acknowledged.
  static func error(_ code: Int32) -> RelayError {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: .refused(.storeFull)
    default: .refused(.unavailable)
    }
  }
}
