// SPDX-License-Identifier: Apache-2.0

@testable import Engine
import KeyManagement
import Primitives
import Testing

@Suite struct RehearsalTests {
  @Test func `a rehearsal takes the words of this profile and no others`() throws {
    let practice = try Practice()
    for someone in [practice.ines, practice.mara] {
      try someone.alcove.testRecovery(try RecoveryWords(someone.words))
      #expect(throws: EngineError(.wrongRecoveryWords)) {
        try someone.alcove.testRecovery(try RecoveryWords(random: SeededRandom(seed: 404)))
      }
    }
  }

  @Test func `who wants verified people alone sends to no other`() async throws {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    await #expect(throws: EngineError(.notVerified, about: "mara")) {
      _ = try await ines.send("to whom?", to: practice.maraName, policy: .requireVerified)
    }
    try ines.markVerified(practice.maraName)
    _ = try await ines.send("to you", to: practice.maraName, policy: .requireVerified)
  }
}
