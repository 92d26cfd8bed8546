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

  @Test func `a turn names nothing that has been a lock here, in whatever place`() async throws {
    let place = try TemporaryStore()
    var (store, member) = try await place.channel()
    defer { store.stop() }
    for _ in 0..<2 {
      let (turn, next) = member.turn()
      _ = try await store.append(turn)
      member.advance(next)
    }
    let current = member.epochs[2]
    let fresh = (token: AccessToken(random: place.random), turn: TurnSecret(random: place.random))
    func name(_ token: TokenHash, _ turn: TurnHash) async throws {
      let named = NamedHashes(token: token, turn: turn)
      _ = try await store.append(
        AppendJob(
          channel: member.channel, token: current.token.hash, id: EnvelopeID(random: place.random),
          turn: current.turn.hash, named: named, at: nil, envelope: place.random.bytes(16_384)))
    }
    for epoch in member.epochs {
      let token = epoch.token.hash
      let turn = epoch.turn.hash
      for (first, second) in [
        (token, fresh.turn.hash), (fresh.token.hash, turn),
        (TokenHash(checked: turn.bytes), fresh.turn.hash),
        (fresh.token.hash, TurnHash(checked: token.bytes)),
      ] {
        await #expect(throws: RelayError.refused(.tokenReused)) { try await name(first, second) }
      }
    }
    await #expect(throws: RelayError.refused(.tokenReused)) {
      try await name(fresh.token.hash, TurnHash(checked: fresh.token.hash.bytes))
    }
    try await name(fresh.token.hash, fresh.turn.hash)
  }
}
