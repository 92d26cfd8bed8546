// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// A device whose clock was wrong for a while, and is right again.
@Suite struct ClockTests {
  private static let years: Int64 = 2 * 365 * 86_400

  /// A practice with a client whose clock was two years ahead while a message was read.
  private func ahead() async throws -> Practice {
    let practice = try await Practice.connected()
    let mara = practice.mara
    let before = try await epoch(mara, practice.inesName)
    try await syncAhead(practice)
    #expect(try await epoch(mara, practice.inesName) == before + 1)
    // The turn has told what she had read; this is told by an acknowledgement.
    _ = try await practice.ines.alcove.send("hello", to: practice.maraName)
    let told = try mara.alcove.look(try mara.alcove.owner(of: practice.inesName)) {
      $0.channel.told
    }
    try await syncAhead(practice)
    #expect(
      try mara.alcove.look(try mara.alcove.owner(of: practice.inesName)) { $0.channel.told } > told)
    return practice
  }

  /// Her clock alone is ahead; both share the one of the test.
  private func syncAhead(_ practice: Practice) async throws {
    practice.clock.advance(Self.years)
    _ = try await practice.mara.alcove.sync()
    practice.clock.advance(-Self.years)
  }

  private func epoch(_ someone: Someone, _ name: LocalName) async throws -> UInt64 {
    try someone.alcove.person(name).epoch ?? 0
  }

  @Test func `a clock that was ahead while an acknowledgement was made keeps no message back`()
    async throws
  {
    let practice = try await ahead()
    let sent = try await practice.mara.alcove.send("and now", to: practice.inesName)
    #expect(sent.delivery == .atRelay)
    try await practice.settle()
    #expect(try practice.ines.texts(practice.maraName) == ["hello", "and now"])
    try practice.expectAgreement()
  }

  @Test func `a clock that was ahead puts off neither the turns of the lock nor what is told`()
    async throws
  {
    let practice = try await ahead()
    let (ines, mara) = (practice.ines, practice.mara)
    #expect(try mara.alcove.keyReport().relationships.map(\.overdue) == [true])
    #expect(try mara.alcove.pause(after: 0).isRetry)
    let before = try await epoch(mara, practice.inesName)
    try await mara.sync()
    #expect(try await epoch(mara, practice.inesName) == before + 1)
    #expect(try mara.alcove.keyReport().relationships.map(\.overdue) == [false])
    try await practice.settle()
    // And acknowledges again.
    _ = try await ines.alcove.send("read this", to: practice.maraName)
    try await mara.sync()
    try await ines.sync()
    #expect(
      try ines.alcove.read(practice.maraName).messages.last?.delivery == .confirmed)
  }

  @Test func `a message dated ahead leaves with the true date where the consent covers that alone`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    let day: Int64 = 86_400
    // Written within the consent, by a clock that is 100 days ahead, and not posted.
    mara.network.fail(.unreachable)
    practice.clock.advance(100 * day)
    _ = try await mara.alcove.send("one", to: practice.inesName)
    practice.clock.advance(-100 * day)
    mara.network.heal()
    // Meanwhile the consent is to end before that day.
    let owner = try mara.alcove.owner(of: practice.inesName)
    let waiting = try mara.alcove.look(owner) {
      try $0.tx.scan(OutboxItem.self, .outbox, owner).map(\.value.sent)
    }
    #expect(waiting == [practice.clock.now() + 100 * day])
    _ = try await mara.alcove.renewConsent(
      with: practice.inesName, until: ConsentTime(clamping: practice.clock.now() + 30 * day))
    try await practice.settle()
    _ = try await mara.alcove.send("two", to: practice.inesName)
    try await practice.settle()
    #expect(try ines.texts(practice.maraName) == ["one", "two"])
    #expect(try mara.alcove.audit(practice.inesName).audit.findings == [])
    #expect(try ines.alcove.audit(practice.maraName).audit.findings == [])
    let sent = try mara.alcove.read(practice.inesName).messages.map(\.sent)
    #expect(sent == [practice.clock.now(), practice.clock.now()])
    try practice.expectAgreement()
  }
}
