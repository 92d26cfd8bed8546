// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import RelayLog

extension RelayHome {
  /// What stands in a directory that is no relay, from its first moment: until a relay is whole, or a copy
  /// of one; and in a copy from then on.
  enum Mark: String {
    case making, restoring, copying, backup

    /// What stands in its place when all is done.
    fileprivate var next: Mark? { self == .copying ? .backup : nil }
  }

  func mark(_ mark: Mark) -> String { path + "/" + mark.rawValue }

  func isMarked(_ mark: Mark) -> Bool { FileManager.default.fileExists(atPath: self.mark(mark)) }

  func removeMark(_ mark: Mark) throws {
    guard unsafe unlink(self.mark(mark)) == 0, flushNames() else {
      throw RelayStoreError.unavailable
    }
  }

  /// In one step, so that it is never without a mark that it must have.
  private func endMark(_ mark: Mark) throws {
    guard let next = mark.next else { return try removeMark(mark) }
    guard unsafe rename(self.mark(mark), self.mark(next)) == 0, flushNames() else {
      throw RelayStoreError.unavailable
    }
  }

  /// Whether this is a copy that `backup` made, and no relay yet.
  var isBackup: Bool { isMarked(.backup) }

  /// Refuses a backup: served as it is it would show members an older log under the incarnation that they
  /// know, and nothing could tell that from a fork.
  func requireRelay() throws(Failure) {
    try requireWhole()
    guard isBackup else { return }
    throw Failure(
      code: "backup", exit: 1,
      message:
        "\(path) is a backup, not a relay: served as it is, every relationship on it would break"
        + " for good. Nothing was changed.",
      next: ["alcove-relay restore --from \(word) --directory NEW"])
  }

  /// Refuses what an interrupted `init`, `restore` or `backup` has left: it lacks files, and is no backup either.
  func requireWhole() throws(Failure) {
    if isMarked(.making) {
      throw Failure(
        code: "unfinished", exit: 1,
        message:
          "`init` has not come to its end in \(path), by the file `making` there: there is no relay"
          + " yet. Nothing was changed.",
        next: ["alcove-relay init --directory \(word)"])
    }
    if isMarked(.copying) {
      throw Failure(
        code: "unfinished", exit: 1,
        message:
          "A backup to \(path) was interrupted, or goes on: it is none yet. Nothing was changed.",
        next: ["alcove-relay backup --directory RELAY --to NEW", "rm -r \(word)"])
    }
    if isMarked(.restoring) {
      throw Failure(
        code: "unfinished", exit: 1,
        message: "A restore to \(path) was interrupted: it is no relay. Nothing was changed.",
        next: ["alcove-relay restore --from BACKUP --directory NEW", "rm -r \(word)"])
    }
  }

  /// Copies what is the relay's but the store into a directory that is not there yet, and the store by
  /// `copyStore`; the half of a copy does not stay. Until it is whole it is marked as neither relay nor backup.
  func copyFiles(to target: String, under mark: Mark, copyStore: () throws -> Void) throws {
    let files = FileManager.default
    guard !files.fileExists(atPath: target) else {
      throw Failure(
        code: "exists", exit: 1, message: "\(target) is there already; it is untouched.",
        next: ["Name a directory that is not there yet."])
    }
    do {
      try files.createDirectory(
        atPath: target, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      // First, so that no part of a copy is ever taken for a relay, however it is interrupted: its store has
      // the old incarnation for as long as the files of blobs take.
      let made = RelayHome(path: target)
      try made.write([], to: made.mark(mark))
      for file in copied where files.fileExists(atPath: file) {
        try files.copyItem(atPath: file, toPath: target + file.dropFirst(path.count))
      }
      try copyStore()
      sync()
      try made.endMark(mark)
    } catch {
      // It tells a full disk by what is free now.
      let parent = (target as NSString).deletingLastPathComponent
      let failure = Failure(
        error as? RelayStoreError ?? .unavailable, directory: parent.isEmpty ? "." : parent)
      try? files.removeItem(atPath: target)
      throw failure
    }
  }
}
