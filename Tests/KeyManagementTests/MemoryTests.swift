// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import Testing

@testable import KeyManagement

@Suite struct MemoryTests {
  @Test func `the scan finds a secret that is there`() async {
    await #expect(processExitsWith: .exitCode(1)) {
      let canary = SystemRandom().secret(32)
      let complement = canary.exposedBytes().map { ~$0 }
      exit(MemoryScan.occurrences(ofComplement: complement) > 0 ? 1 : 0)
    }
  }

  @Test func `no key of a closed vault is left in memory`() async throws {
    let fixture = try VaultFixture()
    _ = try fixture.create().makeIdentity(for: testOwner(1), relationship: [1], at: 0)
    let path = fixture.path
    await #expect(processExitsWith: .exitCode(0)) { [path = path as String] in
      var complements: [[UInt8]] = []
      do {
        let vault = try SealedVault.unlock(at: path, passphrase: secret("right"))
        complements.append(complement(try vault.vaultKey()))
        complements.append(complement(try vault.deviceKey(for: testOwner(1)).seed()))
        for key in try vault.dataKeys() { complements.append(key.key.withBytes(complement)) }
      }
      let found = complements.map(MemoryScan.occurrences)
      print("found in memory:", found)
      exit(found.allSatisfy { $0 == 0 } ? 0 : 1)
    }
  }
}

private func complement(_ secret: borrowing SecretBytes) -> [UInt8] {
  secret.withBytes(complement)
}

/// Byte by byte, so that the bytes themselves are nowhere in a row.
private func complement(_ bytes: RawSpan) -> [UInt8] {
  (0..<bytes.byteCount).map { unsafe ~bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
}
