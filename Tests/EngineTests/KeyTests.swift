// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import RelayLog
import RelayProtocol
import Testing

/// New keys on request: made after they were asked for, or they heal nothing.
@Suite struct KeyTests {
  @Test func `a commit that was under way before new keys were asked for does not answer the wish`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    // The turn of the schedule is staged, and cannot be posted.
    practice.clock.advance(7 * 86_400)
    mara.network.fail { $0 == .append ? .unreachable : .none }
    _ = try await mara.alcove.sync()
    let thief = mara.copied()
    mara.network.heal()

    let before = try #require(try mara.alcove.person(practice.inesName).epoch)
    let result = try await mara.alcove.rotateKeys(with: practice.inesName)
    #expect(result.obstacle == nil)
    #expect(result.epoch == before + 2)
    #expect(try mara.alcove.keyReport().relationships.map(\.pending) == [false])
    // Who took the profile in between holds the keys of the first, and not of the second.
    try await ines.sync()
    _ = try await ines.alcove.send("not for the thief", to: practice.maraName)
    #expect(try await thief.alcove.sync().obstacles.map(\.error.code) == [.profileCopied])
    #expect(try thief.texts(practice.inesName).isEmpty)
    try await practice.settle()
    #expect(try mara.texts(practice.inesName) == ["not for the thief"])
    try practice.expectAgreement()
  }

  @Test func `new keys that were asked for twice while the relay was away are made after the last`()
    async throws
  {
    let practice = try await Practice.connected()
    let mara = practice.mara
    mara.network.fail { $0 == .append ? .unreachable : .none }
    #expect(try await mara.alcove.rotateKeys(with: practice.inesName).obstacle != nil)
    #expect(try await mara.alcove.rotateKeys(with: practice.inesName).obstacle != nil)
    mara.network.heal()
    let before = try #require(try mara.alcove.person(practice.inesName).epoch)
    try await practice.settle()
    #expect(try mara.alcove.person(practice.inesName).epoch == before + 2)
    #expect(try mara.alcove.keyReport().relationships.map(\.pending) == [false])
    try practice.expectAgreement()
  }
}
