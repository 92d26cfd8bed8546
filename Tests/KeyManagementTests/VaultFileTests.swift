// SPDX-License-Identifier: Apache-2.0

import Certificates
import Foundation
import Primitives
import Testing

@testable import KeyManagement

@Suite struct VaultFileTests {
  @Test func `a wrong passphrase is not a damaged file`() throws {
    let fixture = try VaultFixture()
    _ = try fixture.create()
    #expect(throws: VaultError.wrongPassphrase) { try fixture.unlock("wrong") }
    #expect(throws: VaultError.wrongPassphrase) { try fixture.unlock("right ") }
    #expect(throws: VaultError.emptyPassphrase) { try fixture.unlock("") }
  }

  @Test func `every flipped byte is damage`() throws {
    let fixture = try VaultFixture()
    _ = try fixture.create(.therapist)
    let bytes = try fixture.bytes
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 0x01
      #expect(throws: VaultError.damaged, "byte \(index)") { try VaultFile(flipped) }
    }
    try fixture.replace([])
    #expect(throws: VaultError.damaged) { try fixture.unlock() }
    var flipped = bytes
    flipped[bytes.count / 2] ^= 0x80
    try fixture.replace(flipped)
    #expect(throws: VaultError.damaged) { try fixture.unlock() }
  }

  @Test func `a forged byte under a checksum that holds opens nothing`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create(.therapist)
    let bytes = try fixture.bytes
    let key = try vault.vaultKey()
    // Every byte of the header and the first entry's head, then a sample.
    let sample = Array(0..<200) + Array(stride(from: 200, to: bytes.count - 32, by: 13))
    for index in sample {
      var forged = bytes
      forged[index] ^= 0x80
      try fixture.replace(VaultFixture.rechecked(forged))
      #expect(throws: VaultError.self, "byte \(index)") {
        try SealedVault.unlock(at: fixture.path, vaultKey: key)
      }
    }
    // Kind of the first entry, under the right passphrase: the master key opens, the tag does not hold.
    var forged = bytes
    forged[140] ^= 0x01
    try fixture.replace(VaultFixture.rechecked(forged))
    #expect(throws: VaultError.damaged) { try fixture.unlock() }
  }

  @Test func `every shorter file is damage, and so is a longer one`() throws {
    let fixture = try VaultFixture()
    _ = try fixture.create()
    let bytes = try fixture.bytes
    for count in 0..<bytes.count {
      #expect(throws: VaultError.damaged) { try VaultFile(Array(bytes[..<count])) }
    }
    #expect(throws: VaultError.damaged) { try VaultFile(bytes + [0]) }
    #expect(throws: VaultError.damaged) { try VaultFile(VaultFixture.rechecked(bytes + [0])) }
  }

  @Test func `a newer schema is named as such`() throws {
    let fixture = try VaultFixture()
    _ = try fixture.create()
    var bytes = try fixture.bytes
    bytes[9] = 2
    try fixture.replace(VaultFixture.rechecked(bytes))
    #expect(throws: VaultError.newerVersion) { try fixture.unlock() }
    bytes[9] = 0
    try fixture.replace(VaultFixture.rechecked(bytes))
    #expect(throws: VaultError.damaged) { try fixture.unlock() }
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o601])
  func `a vault that others can touch is refused`(_ mode: Int) throws {
    let fixture = try VaultFixture()
    _ = try fixture.create()
    try fixture.setMode(mode)
    #expect(throws: VaultError.openToOthers) { try fixture.unlock() }
    try fixture.setMode(0o600)
    try fixture.setMode(mode | 0o100, folder: true)
    #expect(throws: VaultError.openToOthers) { try fixture.unlock() }
    #expect(throws: VaultError.openToOthers) { try fixture.create() }
    try fixture.setMode(0o700, folder: true)
    _ = try fixture.unlock()
  }

  @Test func `a vault is not overwritten, and a missing one is missing`() throws {
    let fixture = try VaultFixture()
    #expect(throws: VaultError.missing) { try fixture.unlock() }
    let vault = try fixture.create()
    #expect(throws: VaultError.exists) { try fixture.create() }
    #expect(try fixture.unlock().profileOwner == vault.profileOwner)
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder)
    #expect(Set(names) == ["vault", "vault.lock"])
    let modes = try FileManager.default.attributesOfItem(atPath: fixture.path)
    #expect(modes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `a link in place of the vault is not followed`() throws {
    let fixture = try VaultFixture()
    _ = try fixture.create()
    try FileManager.default.moveItem(atPath: fixture.path, toPath: fixture.folder + "/other")
    try FileManager.default.createSymbolicLink(
      atPath: fixture.path, withDestinationPath: fixture.folder + "/other")
    #expect(throws: VaultError.unavailable) { try fixture.unlock() }
  }

  @Test func `a draft that a crash left behind is not the vault`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create()
    try Data("half a vault".utf8).write(to: URL(filePath: fixture.path + ".new"))
    #expect(try fixture.unlock().profileOwner == vault.profileOwner)
    try vault.addRelationship(testOwner(1))
    #expect(try fixture.unlock().dataKeys().count == 2)
  }

  @Test func `a write that fails leaves the vault as it was`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create()
    let before = try fixture.bytes
    // A folder in the way of the draft, since a disk cannot be filled here.
    try FileManager.default.createDirectory(
      atPath: fixture.path + ".new", withIntermediateDirectories: false)
    #expect(throws: VaultError.unavailable) { try vault.addRelationship(testOwner(1)) }
    #expect(throws: VaultError.unavailable) {
      try vault.rekey(passphrase: secret("right"), profile: .insecureForTests)
    }
    #expect(try fixture.bytes == before)
    #expect(try vault.dataKeys().count == 1)
    try FileManager.default.removeItem(atPath: fixture.path + ".new")
    try vault.addRelationship(testOwner(1))
    try vault.rekey(passphrase: secret("right"), profile: .insecureForTests)
    #expect(try fixture.unlock().dataKeys().count == 2)
  }
}
