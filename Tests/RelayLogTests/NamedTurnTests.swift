// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayLog
import RelayProtocol
import Testing

@Suite struct NamedTurnTests {
  @Test func `a turn may not name the lock that it opens, with however new a token`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let (honest, _) = member.turn()
    let lock = try #require(honest.turn)
    let again = Append(
      channel: member.channel, token: member.token, id: EnvelopeID(random: place.random),
      turn: lock,
      named: NamedHashes(token: AccessToken(random: place.random), turn: lock),
      envelope: [UInt8](repeating: 0, count: 16_384))
    await #expect(throws: RelayError.refused(.tokenReused)) { try await store.append(again) }
    _ = try await store.append(honest)
  }
}
