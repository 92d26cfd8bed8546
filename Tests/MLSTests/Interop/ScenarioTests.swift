// SPDX-License-Identifier: Apache-2.0

import MLS
import MLSInterop
import Testing

/// The interop service plays the working group's scenario kinds against itself; `Scripts/interop
/// selftest` plays them longer, in larger groups. A scenario throws where two members disagree.
struct ScenarioTests {
  @Test(arguments: Scenario.all.indices)
  func `every scenario kind, with handshakes encrypted and in the clear`(index: Int) throws {
    let scenario = Scenario.all[index]
    for (members, isEncrypted) in [(2, index.isMultiple(of: 2)), (4, !index.isMultiple(of: 2))] {
      // A step whose outcome is another than the scenario has it is an error.
      #expect(throws: Never.self) {
        try scenario.play(
          members: members, suite: CipherSuite.x25519AES128.number.rawValue,
          isEncrypted: isEncrypted, seed: UInt64(index), now: testTime)
      }
    }
  }

  @Test(arguments: CipherSuite.all)
  func `a random history in every suite`(suite: CipherSuite) throws {
    for isEncrypted in [true, false] {
      var history = try RandomHistory(
        members: 5, suite: suite.number.rawValue, isEncrypted: isEncrypted, seed: 7,
        now: testTime)
      #expect(throws: Never.self) { try history.play(steps: 3) }
    }
  }

  @Test(arguments: 0..<2)
  func `a longer history of a larger group, stored and loaded at every step`(seed: Int) throws {
    var history = try RandomHistory(
      members: 8, suite: CipherSuite.x25519ChaCha20.number.rawValue,
      isEncrypted: seed.isMultiple(of: 2), seed: UInt64(seed), now: testTime)
    #expect(throws: Never.self) { try history.play(steps: 25) }
  }
}
