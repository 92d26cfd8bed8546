// SPDX-License-Identifier: Apache-2.0

import Certificates
import Primitives
import Testing

@testable import KeyManagement

@Suite struct SealedVaultTests {
  @Test(arguments: Role.allCases)
  func `what a vault holds is there after it was closed`(_ role: Role) throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create(role)
    try vault.addRelationship(testOwner(1))
    let again = try fixture.unlock()
    #expect(again.role == role)
    #expect(again.profileOwner == vault.profileOwner)
    let keys = try vault.dataKeys()
    let reread = try again.dataKeys()
    #expect(Set(keys.map(\.owner)) == [vault.profileOwner, testOwner(1)])
    for (key, other) in zip(keys, reread) {
      #expect(key.owner == other.owner && key.key.equals(other.key) && key.key.count == 32)
    }
    #expect(try again.matches(testWords()))
    #expect(try !again.matches(testWords(2)))
  }

  @Test func `a therapist has one device key, certified by the identity in the words`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create(.therapist)
    let device = try vault.device(for: testOwner(9))
    #expect(device.verified.role == .therapist)
    #expect(device.verified.serial == .first)
    #expect(device.created == 1_000)
    #expect(try device.verified.identity.bytes == testWords().therapistIdentity().publicKey)
    #expect(try vault.deviceKey(for: testOwner(9)).publicKey == device.verified.device.bytes)
    #expect(try vault.device(for: vault.profileOwner) == device)
    #expect(throws: VaultError.wrongRole) {
      try vault.makeIdentity(for: testOwner(1), relationship: [1], at: 0)
    }
    #expect(throws: VaultError.wrongRole) { try vault.sealedIdentity(for: testOwner(1)) }
  }

  @Test func `a client has a fresh identity and device for each relationship`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create()
    let first = try vault.makeIdentity(for: testOwner(1), relationship: [1, 1], at: 5)
    let second = try vault.makeIdentity(for: testOwner(2), relationship: [2, 2], at: 6)
    #expect(first.verified.identity != second.verified.identity)
    #expect(first.verified.device != second.verified.device)
    #expect(try vault.makeIdentity(for: testOwner(1), relationship: [1, 1], at: 7) == first)
    #expect(try vault.deviceKey(for: testOwner(1)).publicKey == first.verified.device.bytes)
    #expect(try vault.dataKeys().contains { $0.owner == testOwner(1) })

    let again = try fixture.unlock()
    #expect(try again.device(for: testOwner(2)) == second)
    let sealed = try again.sealedIdentity(for: testOwner(2))
    let identity = try sealed.open(
      with: testWords(), relationship: [2, 2], expecting: second.verified.identity)
    #expect(identity.publicKey == second.verified.identity.bytes)
    #expect(throws: VaultError.noKey) { try again.device(for: testOwner(3)) }
    #expect(throws: VaultError.noKey) { _ = try again.deviceKey(for: again.profileOwner) }
    #expect(throws: VaultError.wrongRole) {
      try again.makeIdentity(for: again.profileOwner, relationship: [1], at: 0)
    }
  }

  @Test(arguments: Role.allCases)
  func `a rotated device has the next serial and the same identity`(_ role: Role) throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create(role)
    let owner = role == .therapist ? vault.profileOwner : testOwner(1)
    if role == .client { _ = try vault.makeIdentity(for: owner, relationship: [7], at: 1) }
    let before = try vault.device(for: owner)
    #expect(throws: VaultError.wrongRecoveryWords) {
      try vault.rotateDevice(for: owner, words: testWords(2), at: 9)
    }
    #expect(try vault.device(for: owner) == before)
    let after = try vault.rotateDevice(for: owner, words: testWords(), at: 9)
    #expect(after.verified.serial == DeviceSerial(2))
    #expect(after.verified.identity == before.verified.identity)
    #expect(after.verified.device != before.verified.device)
    #expect(after.created == 9)
    let again = try fixture.unlock()
    #expect(try again.device(for: owner) == after)
    #expect(try again.deviceKey(for: owner).publicKey == after.verified.device.bytes)
  }

  @Test func `the keys of a removed relationship are gone`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create()
    _ = try vault.makeIdentity(for: testOwner(1), relationship: [1], at: 5)
    try vault.removeRelationship(testOwner(1))
    for vault in [vault, try fixture.unlock()] {
      #expect(throws: VaultError.noKey) { _ = try vault.deviceKey(for: testOwner(1)) }
      #expect(throws: VaultError.noKey) { try vault.sealedIdentity(for: testOwner(1)) }
      #expect(try vault.dataKeys().map(\.owner) == [vault.profileOwner])
    }
    #expect(throws: VaultError.wrongRole) { try vault.removeRelationship(vault.profileOwner) }
  }

  @Test func `the vault key opens until the vault is keyed anew`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create()
    let key = try vault.vaultKey()
    #expect(
      try SealedVault.unlock(at: fixture.path, vaultKey: key).profileOwner == vault.profileOwner)
    let other = try fixture.unlock()
    try vault.rekey(passphrase: secret("right"), profile: .insecureForTests)
    #expect(throws: VaultError.wrongPassphrase) {
      try SealedVault.unlock(at: fixture.path, vaultKey: key)
    }
    #expect(throws: VaultError.wrongPassphrase) { try other.dataKeys() }
    #expect(throws: VaultError.wrongPassphrase) { try other.addRelationship(testOwner(1)) }
    #expect(try vault.dataKeys().count == 1)
    #expect(try fixture.unlock().dataKeys().count == 1)
    #expect(try SealedVault.inspect(at: fixture.path).generation == 2)
  }

  @Test func `a changed passphrase replaces the old one and no key`() throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create()
    let device = try vault.makeIdentity(for: testOwner(1), relationship: [1], at: 5)
    let old = try fixture.bytes
    #expect(throws: VaultError.wrongPassphrase) {
      try vault.changePassphrase(
        from: secret("wrong"), to: secret("new"), profile: .insecureForTests)
    }
    #expect(throws: VaultError.emptyPassphrase) {
      try vault.changePassphrase(from: secret("right"), to: secret(""), profile: .insecureForTests)
    }
    #expect(try fixture.bytes == old)
    try vault.changePassphrase(
      from: secret("right"), to: secret("new"), profile: .insecureForTests)
    #expect(throws: VaultError.wrongPassphrase) { try fixture.unlock() }
    #expect(try fixture.unlock("new").device(for: testOwner(1)) == device)

    // Who has the old file and the old passphrase has nothing that opens the new file.
    let current = try fixture.bytes
    try fixture.replace(old)
    let key = try fixture.unlock().vaultKey()
    try fixture.replace(current)
    #expect(throws: VaultError.wrongPassphrase) {
      try SealedVault.unlock(at: fixture.path, vaultKey: key)
    }
  }

  @Test func `a vault costs 256 MiB and 3 passes unless a test says otherwise`() throws {
    #expect(KDFProfile.standard.isStrong && !KDFProfile.insecureForTests.isStrong)
    let fixture = try VaultFixture()
    _ = try SealedVault.create(
      at: fixture.path, passphrase: secret("right"), role: .client, words: testWords(), at: 0)
    let report = try SealedVault.inspect(at: fixture.path)
    #expect(report.profile.parameters == .init(memoryKiB: 262_144, passes: 3))
    #expect(report.generation == 1)
  }

  @Test func `no data key shows in a description, a dump or a mirror`() throws {
    let vault = try VaultFixture().create
    let key = try #require(vault(.client, "right").dataKeys().first)
    let bytes = key.key.exposedBytes()
    var text = ""
    dump(key, to: &text)
    dump(key.key, to: &text)
    text += "\(key) \(String(reflecting: key)) \(Mirror(reflecting: key).children.map { "\($0)" })"
    let decimal = bytes.prefix(4).map(String.init).joined(separator: ", ")
    for canary in [Hex.encode(bytes), Base64URL.encode(bytes), decimal] {
      #expect(!text.contains(canary))
    }
  }
}
