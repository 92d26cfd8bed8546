// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Primitives
import RelayLog

/// A relay's directory: mode 0700, the identity's seed and the store in it.
struct RelayHome {
  let path: String

  var store: String { path + "/relay.sqlite" }
  private var identityFile: String { path + "/identity.key" }

  init(_ options: CommonOptions) { path = options.directory }

  var exists: Bool { FileManager.default.fileExists(atPath: identityFile) }

  /// Makes directory and identity; refuses to touch one that is there.
  func create() throws {
    guard !exists else {
      throw Failure(
        code: "exists", exit: 1, message: "There is a relay in \(path) already; it is untouched.",
        next: ["alcove-relay serve --directory \(path)"])
    }
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(RelayStoreError.unavailable, directory: path)
    }
    guard unsafe chmod(path, 0o700) == 0 else {
      throw Failure(RelayStoreError.unavailable, directory: path)
    }
    let seed = SystemRandom().secret(Ed25519.seedLength)
    let file = unsafe open(identityFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(RelayStoreError.unavailable, directory: path) }
    defer { Glibc.close(file) }
    let written = unsafe seed.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
    guard written == seed.count, fsync(file) == 0 else {
      throw Failure(RelayStoreError.unavailable, directory: path)
    }
  }

  /// The identity's public key, 32 bytes.
  func identity() throws -> [UInt8] {
    guard exists else { throw RelayStoreError.missing }
    var status = stat()
    guard unsafe stat(identityFile, &status) == 0, status.st_mode & 0o077 == 0,
      unsafe stat(path, &status) == 0, status.st_mode & 0o077 == 0
    else { throw RelayStoreError.readableByOthers }
    guard let data = FileManager.default.contents(atPath: identityFile) else {
      throw RelayStoreError.unavailable
    }
    var bytes = Array(data)
    do {
      return try Ed25519PrivateKey(seed: SharedSecret(wiping: &bytes)).publicKey
    } catch {
      throw RelayStoreError.integrity
    }
  }

  /// What people compare: the first half of SHA-256 of the identity key.
  func fingerprint() throws -> String { Hex.encode(Digest.sha256(try identity()).prefix(16)) }
}
