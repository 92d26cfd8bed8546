// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Primitives
import RelayLog

extension RelayHome {
  /// Makes a relay: the directory, the identity, and by `body` whatever else belongs to it. Of the operator's
  /// own is the directory at most, and settings that were laid out before.
  ///
  /// From the first moment to the last it is marked as unfinished. The mark holds the settings, and becomes
  /// their file at the very end: so one step makes the relay whole, and settings that were laid out are as
  /// they were until then. What was interrupted is cleared away by whoever makes it again, unless it is a
  /// relay that has served: then the mark is somebody else's file.
  ///
  /// - Parameter settings: the text of their file; nil where that which lies there stays as it is.
  func make(settings: String?, _ body: () throws -> Void) throws {
    let isNew = !FileManager.default.fileExists(atPath: path)
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(RelayStoreError.unavailable, directory: path)
    }
    // Kept until the end, by the kernel: what another process is making now is no leftover.
    let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw Failure(RelayStoreError.unavailable, directory: path) }
    defer { close(folder) }
    guard flock(folder, LOCK_EX | LOCK_NB) == 0 else { throw beingMade }
    if isMarked(.making) { try clearLeftover() }
    try requireNothing()
    do {
      try write(settings ?? "", to: mark(.making))
      try makeIdentity()
      try body()
      let isWhole =
        settings == nil
        ? unsafe unlink(mark(.making)) == 0
        : unsafe rename(mark(.making), configuration) == 0
      guard isWhole else { throw RelayStoreError.unavailable }
    } catch {
      // It tells a full disk by what is free now.
      let failure = (error as? RelayStoreError).map { Failure($0, directory: path) } ?? error
      try? clear()
      if isNew { unsafe rmdir(path) }
      throw failure
    }
    // It is whole, and nothing of it is taken away any more.
    guard flushNames() else { throw Failure(RelayStoreError.unavailable, directory: path) }
  }

  /// Refuses a place in which there is a relay, or what only a relay has left.
  func requireNoRelay() throws {
    guard !isMarked(.making) else { return }
    guard !isLeftover else { throw RelayStoreError.missing }
    guard !exists else {
      try requireRelay()
      throw alreadyThere
    }
  }

  private var alreadyThere: Failure {
    Failure(
      code: "exists", exit: 1, message: "There is a relay in \(path) already; it is untouched.",
      next: ["alcove-relay serve --directory \(word)"])
  }

  private func wholeAlready(_ what: String, code: String, exit: Int32) -> Failure {
    Failure(
      code: code, exit: exit,
      message: "The relay in \(path) \(what): it is whole, though a file `making` is there, as an"
        + " interrupted `init` leaves it. Nothing was changed.",
      next: [
        "rm \(Shell.word(mark(.making)))", "alcove-relay check --directory \(word)",
      ])
  }

  private var beingMade: Failure {
    Failure(
      code: "in-use", exit: 11,
      message: "Another process makes a relay in \(path). Nothing was changed.",
      next: ["alcove-relay check --directory \(word)"])
  }

  /// Asked again once nobody else can be making one.
  private func requireNothing() throws {
    try requireNoRelay()
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw RelayStoreError.unavailable
    }
    let known = [configuration, mark(.making) + Self.draft]
    guard names.allSatisfy({ known.contains(path + "/" + $0) }) else {
      throw Failure(
        code: "not-empty", exit: 1,
        message: "\(path) holds other files already; it is untouched.",
        next: ["alcove-relay init --directory \(Shell.word(path + "/relay"))"])
    }
    guard isForOwnerAlone(path) else {
      throw Failure(
        code: "readable-by-others", exit: 1,
        message: "Others on this machine can look into \(path); it is untouched.",
        next: ["chmod go-rwx \(word)"])
    }
  }

  private func makeIdentity() throws {
    let seed = SystemRandom().secret(Ed25519.seedLength)
    let file = unsafe open(identityFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw RelayStoreError.unavailable }
    defer { close(file) }
    let written = unsafe seed.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
    guard written == seed.count, fsync(file) == 0, flushNames() else {
      throw RelayStoreError.unavailable
    }
  }

  /// Clears away what an `init` has left that did not come to its end.
  private func clearLeftover() throws {
    do {
      try clear()
    } catch RelayStoreError.inUse {
      throw wholeAlready("is being served", code: "in-use", exit: 11)
    }
  }

  /// Removes all that making a relay brings into its directory, which held nothing but settings before. The
  /// store goes first, as it tells whether the rest may go, and the mark last: what is left when this is
  /// interrupted is still marked.
  private func clear() throws {
    guard try SQLiteRelayStore.removeUnused(path: store) else {
      throw wholeAlready("holds channels", code: "exists", exit: 1)
    }
    let made = copied.filter { $0 != configuration }
    let drafts = (made + [mark(.making)]).map { $0 + Self.draft }
    for file in made + drafts where FileManager.default.fileExists(atPath: file) {
      try FileManager.default.removeItem(atPath: file)
    }
    guard flushNames() else { throw RelayStoreError.unavailable }
    if isMarked(.making) { try removeMark(.making) }
  }
}
