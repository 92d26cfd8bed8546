// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import KeyManagement

@Suite struct ForgedSealTests {
  @Test func `a sealed identity has parts of one length each`() throws {
    func bytes(_ key: Int, _ ciphertext: Int, version: UInt8? = nil) throws -> [UInt8] {
      let honest = try SealedIdentity.seal(
        try Ed25519SigningKey(), to: try testWords().recoveryKey(), relationship: [1]
      ).wireBytes
      var writer = WireWriter()
      writer.write(try version ?? #require(honest.first))
      writer.writeOpaque([UInt8](repeating: 1, count: key))
      writer.writeOpaque([UInt8](repeating: 1, count: ciphertext))
      return writer.bytes
    }
    let key = RecoveryKey.suite.kem.encapsulationLength
    #expect(throws: Never.self) { try SealedIdentity(wireBytes: try bytes(key, 48)) }
    for (one, other) in [(key - 1, 48), (0, 48), (key, 47), (key, 0)] {
      #expect(throws: WireError.invalidValue) {
        try SealedIdentity(wireBytes: try bytes(one, other))
      }
    }
    #expect(throws: WireError.invalidValue) {
      try SealedIdentity(wireBytes: try bytes(key, 48, version: 0))
    }
  }
}
