// SPDX-License-Identifier: Apache-2.0

import Certificates
import Foundation
import Primitives

@testable import KeyManagement

/// A private folder for one vault, gone with the test.
final class VaultFixture {
  let folder: String
  var path: String { folder + "/vault" }

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/alcove-vault-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var bytes: [UInt8] {
    get throws { Array(try Data(contentsOf: URL(filePath: path))) }
  }

  /// Puts other bytes in place of the vault, as private as it was.
  func replace(_ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path))
    try setMode(0o600)
  }

  func setMode(_ mode: Int, folder isFolder: Bool = false) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: isFolder ? folder : path)
  }

  func create(_ role: Role = .client, passphrase: String = "right") throws -> SealedVault {
    try SealedVault.create(
      at: path, passphrase: secret(passphrase), role: role, words: testWords(),
      profile: .insecureForTests, at: 1_000)
  }

  func unlock(_ passphrase: String = "right") throws -> SealedVault {
    try SealedVault.unlock(at: path, passphrase: secret(passphrase))
  }

  /// The file with a checksum that holds.
  static func rechecked(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(32))
    return body + Digest.blake2b256(body)
  }
}

func secret(_ text: String) throws -> SecretBytes {
  var bytes = Array(text.utf8)
  return try SecretBytes(consumingAndWiping: &bytes)
}

func testWords(_ seed: UInt64 = 1) throws -> RecoveryWords {
  try RecoveryWords(random: SeededRandom(seed: seed))
}

func testOwner(_ number: UInt8) -> KeyOwner {
  KeyOwner([UInt8](repeating: number, count: 16))!
}
