// SPDX-License-Identifier: Apache-2.0

import Certificates
import Primitives
import Testing

@testable import KeyManagement

@Suite struct UnsealedTestVaultTests {
  private func vault(_ role: Role, seed: UInt64 = 3) throws -> any KeyVault {
    try UnsealedTestVault(
      role: role, words: testWords(), random: SeededRandom(seed: seed), at: 1)
  }

  @Test(arguments: Role.allCases)
  func `the same seed makes the same keys`(_ role: Role) throws {
    let (one, two, other) = (try vault(role), try vault(role), try vault(role, seed: 4))
    #expect(one.profileOwner == two.profileOwner && one.profileOwner != other.profileOwner)
    if role == .client {
      for vault in [one, two, other] {
        _ = try vault.makeIdentity(for: testOwner(1), relationship: [1], at: 1)
      }
    }
    #expect(try one.device(for: testOwner(1)) == two.device(for: testOwner(1)))
    #expect(try one.device(for: testOwner(1)) != other.device(for: testOwner(1)))
  }

  @Test func `it keeps the rules of the sealed vault`() throws {
    let client = try vault(.client)
    let first = try client.makeIdentity(for: testOwner(1), relationship: [1], at: 1)
    #expect(try client.makeIdentity(for: testOwner(1), relationship: [1], at: 2) == first)
    #expect(try client.deviceKey(for: testOwner(1)).publicKey == first.verified.device.bytes)
    _ = try client.sealedIdentity(for: testOwner(1))
      .open(with: testWords(), relationship: [1], expecting: first.verified.identity)
    #expect(throws: VaultError.wrongRecoveryWords) {
      try client.rotateDevice(for: testOwner(1), words: testWords(2), at: 3)
    }
    let second = try client.rotateDevice(for: testOwner(1), words: testWords(), at: 3)
    #expect(second.verified.serial == DeviceSerial(2))
    #expect(second.verified.identity == first.verified.identity)
    try client.removeRelationship(testOwner(1))
    #expect(throws: VaultError.noKey) { try client.device(for: testOwner(1)) }
    #expect(try client.dataKeys().count == 1)
    #expect(throws: VaultError.wrongRole) {
      try vault(.therapist).makeIdentity(for: testOwner(1), relationship: [1], at: 1)
    }
  }
}
