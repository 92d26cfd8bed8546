// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import Testing

@testable import KeyManagement

@Suite struct VaultSharingTests {
  @Test func `eight writers at once lose nothing`() async throws {
    let fixture = try VaultFixture()
    let vault = try fixture.create()
    let path = fixture.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 as Range<UInt8> {
        group.addTask {
          // Each has opened the file for itself, as a process of its own would have.
          let own = try SealedVault.unlock(at: path, passphrase: secret("right"))
          for number in 0..<4 as Range<UInt8> {
            try own.addRelationship(testOwner(1 + writer * 4 + number))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try vault.dataKeys().count == 33)
    #expect(try Set(fixture.unlock().dataKeys().map(\.owner)).count == 33)
  }

  @Test func `who waits too long is told that the vault is busy`() throws {
    let fixture = try VaultFixture()
    _ = try fixture.create()
    let held = try FileLock(path: fixture.path + ".lock")
    #expect(throws: VaultError.busy) {
      try FileLock(path: fixture.path + ".lock", patience: .milliseconds(20))
    }
    held.release()
    try FileLock(path: fixture.path + ".lock", patience: .milliseconds(20)).release()
  }

  @Test(arguments: 1...4)
  func `a process killed while it writes leaves the vault from before or after`(
    _ point: Int
  ) async throws {
    let fixture = try VaultFixture()
    let owner = try fixture.create().profileOwner
    let path = fixture.path
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, point = point as Int] in
      unsafe setenv("ALCOVE_TEST_HOOKS", "1", 1)
      unsafe setenv("ALCOVE_CRASH_AT", "\(point)", 1)
      let vault = try SealedVault.unlock(at: path, passphrase: secret("right"))
      try vault.addRelationship(testOwner(1))
    }
    let vault = try fixture.unlock()
    let owners = try vault.dataKeys().map(\.owner)
    #expect(owners == (point <= 2 ? [owner] : [owner, testOwner(1)]))
    try vault.addRelationship(testOwner(2))
    #expect(try fixture.unlock().dataKeys().count == owners.count + 1)
  }
}
