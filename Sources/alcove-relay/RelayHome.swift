// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Primitives
import Relay
import RelayLog

/// A relay's directory: mode 0700, its keys, settings and store in it.
struct RelayHome: Sendable {
  let path: String

  var store: String { path + "/relay.sqlite" }
  var configuration: String { path + "/relay.yaml" }
  var certificate: String { path + "/certificate.pem" }
  var certificateKey: String { path + "/certificate.key" }
  private var authorityCertificate: String { path + "/authority.pem" }
  private var authorityKey: String { path + "/authority.key" }
  var identityFile: String { path + "/identity.key" }
  /// Empty: its date is that of the last backup.
  private static let backupMark = "last-backup"
  /// Behind the name of a file that is not whole yet.
  static let draft = ".new"
  /// What a copy takes along beside the store. Whatever else lies there, a socket or a note of the operator,
  /// is not the relay.
  var copied: [String] {
    [
      identityFile, configuration, authorityCertificate, authorityKey, certificate, certificateKey,
      postageFile, previousPostageFile,
    ]
  }

  init(_ options: CommonOptions) { path = options.directory }

  init(path: String) { self.path = path }

  /// The path as a word of a command.
  var word: String { Shell.word(path) }

  /// Whether a relay serves this directory now.
  var isServed: Bool {
    let file = unsafe open(store + ".lock", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { Glibc.close(file) }
    return flock(file, LOCK_EX | LOCK_NB) != 0
  }

  var exists: Bool { !isMarked(.making) && FileManager.default.fileExists(atPath: identityFile) }

  /// Whether this process may not see what is in the directory, which is another account's.
  var isHidden: Bool { unsafe access(identityFile, F_OK) != 0 && errno == EACCES }

  /// Whether there is part of a relay that was whole once, and not all of it.
  var isLeftover: Bool {
    guard !isMarked(.making) else { return false }
    let parts = [identityFile, store, authorityKey].map(FileManager.default.fileExists)
    return parts.contains(true) && !(parts[0] && parts[1])
  }

  /// Brings the names of files to the disk: without it one that was made or replaced may be gone after a
  /// loss of power.
  func flushNames() -> Bool {
    let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return false }
    defer { close(folder) }
    return fsync(folder) == 0
  }

  /// The settings that lie in the directory; none where there is no such file.
  func laidOutSettings() throws(Failure) -> [Setting: String] {
    guard FileManager.default.fileExists(atPath: configuration) else { return [:] }
    return try ConfigurationFile.read(configuration)
  }

  /// Makes the authority that the relay's address names.
  func makeAuthority(now: Int64) throws -> PrivateAuthority {
    let authority = try PrivateAuthority(now: now)
    try write(authority.keyText, to: authorityKey)
    try write(authority.certificateText, to: authorityCertificate)
    return authority
  }

  /// Whether there is an authority, or anything that only an authority has made.
  var hasAuthority: Bool {
    [authorityCertificate, authorityKey, certificate].contains {
      FileManager.default.fileExists(atPath: $0)
    }
  }

  func authority() throws -> PrivateAuthority {
    guard let certificate = FileManager.default.contents(atPath: authorityCertificate),
      let key = FileManager.default.contents(atPath: authorityKey)
    else {
      guard !hasAuthority else { throw damagedAuthority }
      throw Failure(
        code: "no-authority", exit: 1,
        message: "This relay has no authority of its own: its address has no pin to keep.",
        next: ["alcove-relay serve --certificate CHAIN.pem --certificate-key KEY.pem"])
    }
    guard isForOwnerAlone(authorityKey) else { throw RelayStoreError.readableByOthers }
    do {
      return try PrivateAuthority(
        certificate: String(decoding: certificate, as: UTF8.self),
        key: String(decoding: key, as: UTF8.self))
    } catch {
      throw damagedAuthority
    }
  }

  var damagedAuthority: Failure {
    Failure(
      code: "authority", exit: 9,
      message: "\(authorityCertificate), its key and the certificate do not fit, or one is missing."
        + " Nothing was changed.",
      next: ["Put them back from a backup of the relay: the pin in its address is theirs."])
  }

  /// Puts a file in its place whole, for its owner alone.
  func write(_ text: String, to target: String) throws {
    try write(Array(text.utf8), to: target)
  }

  func write(_ bytes: [UInt8], to target: String) throws {
    let draft = target + Self.draft
    unsafe unlink(draft)
    let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(RelayStoreError.unavailable, directory: path) }
    let written = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(file, $0.baseAddress, $0.count)
    }
    let isDurable = written == bytes.count && fsync(file) == 0
    close(file)
    guard isDurable, unsafe rename(draft, target) == 0, flushNames() else {
      throw Failure(RelayStoreError.unavailable, directory: path)
    }
  }

  /// The identity's public key, 32 bytes.
  func identity() throws -> [UInt8] { try identityKey().publicKey }

  /// The identity: signs receipts.
  func identityKey() throws -> Ed25519PrivateKey {
    try requireWhole()
    guard exists else { throw RelayStoreError.missing }
    guard isForOwnerAlone(identityFile), isForOwnerAlone(path) else {
      throw RelayStoreError.readableByOthers
    }
    guard let data = FileManager.default.contents(atPath: identityFile) else {
      throw RelayStoreError.unavailable
    }
    var bytes = Array(data)
    do {
      return try Ed25519PrivateKey(seed: SharedSecret(wiping: &bytes))
    } catch {
      throw Failure(
        code: "identity", exit: 9,
        message: "\(identityFile) holds no identity. Nothing was changed.",
        next: ["Put it back from a backup of the relay."])
    }
  }

  func isForOwnerAlone(_ path: String) -> Bool {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return (facts?[.posixPermissions] as? NSNumber).map { $0.intValue & 0o077 == 0 } ?? false
  }

  /// What people compare: the first half of SHA-256 of the identity key.
  func fingerprint() throws -> String { Hex.encode(Digest.sha256(try identity()).prefix(16)) }

  /// When the relay was last backed up; nil when it never was.
  var lastBackup: Date? {
    let facts = try? FileManager.default.attributesOfItem(
      atPath: path + "/" + Self.backupMark)
    return facts?[.modificationDate] as? Date
  }

  /// Notes that a backup is whole.
  func noteBackup() throws { try write([], to: path + "/" + Self.backupMark) }
}
