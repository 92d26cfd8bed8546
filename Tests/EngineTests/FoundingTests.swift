// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// Between the founding and the client's first commit: whoever has the Welcome may be in.
@Suite struct FoundingTests {
  /// Mara has answered, Ines has founded; the intake is found with its relay.
  private static func founded() async throws -> (practice: Practice, intake: ChannelID) {
    let practice = try Practice()
    try await practice.invite()
    try await practice.ines.sync()
    return (practice, try #require(practice.intakes.first))
  }

  @Test func `a relationship that nobody came into stays until its name is invited anew`()
    async throws
  {
    let (practice, intake) = try await Self.founded()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await ines.alcove.send("reaches nobody", to: practice.maraName)
    practice.relay.lose(intake, behind: nil)
    practice.clock.advance(20 * 86_400)
    #expect(try await ines.sync().saysNobodyCameIn)
    #expect(try await !ines.sync().saysNobodyCameIn)
    #expect(try ines.alcove.people().map(\.state) == [.connected])
    #expect(try ines.texts(practice.maraName) == ["reaches nobody"])
    #expect(try await mara.alcove.sync().events.count == 1)
    #expect(try mara.alcove.people().map(\.state) == [.void])
    try await practice.invite()
    #expect(try ines.alcove.people().map(\.state) == [.invited])
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try ines.texts(practice.maraName).isEmpty)
  }

  @Test func `a client whose first commit comes after the intake has gone is not lost`()
    async throws
  {
    let (practice, intake) = try await Self.founded()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await ines.alcove.send("welcome", to: practice.maraName)
    // In the group, with what was written there; her first commit does not get out.
    mara.network.fail { $0 == .append ? .unreachable : .none }
    _ = try await mara.alcove.sync()
    #expect(try mara.texts(practice.inesName) == ["welcome"])
    practice.relay.lose(intake, behind: nil)
    practice.clock.advance(20 * 86_400)
    #expect(try await ines.sync().saysNobodyCameIn)
    mara.network.heal()
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try ines.texts(practice.maraName) == ["welcome"])
    #expect(try ines.alcove.people().map(\.state) == [.connected])
  }

  @Test func `a client who came in at the last moment is not taken for nobody`() async throws {
    let (practice, intake) = try await Self.founded()
    let (ines, mara) = (practice.ines, practice.mara)
    try await mara.sync()
    practice.relay.lose(intake, behind: nil)
    practice.clock.advance(20 * 86_400)
    let report = try await ines.sync()
    #expect(!report.saysNobodyCameIn)
    #expect(
      !report.events.contains { if case .invitationClosed = $0 { true } else { false } })
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try ines.alcove.people().map(\.state) == [.connected])
  }

  @Test func `whoever has come in meanwhile keeps the name`() async throws {
    let (practice, intake) = try await Self.founded()
    let (ines, mara) = (practice.ines, practice.mara)
    mara.network.fail { $0 == .append ? .unreachable : .none }
    _ = try await mara.alcove.sync()
    practice.relay.lose(intake, behind: nil)
    practice.clock.advance(20 * 86_400)
    try await ines.sync()
    mara.network.heal()
    try await mara.sync()
    await #expect(throws: EngineError(.nameTaken, about: "mara")) {
      try await ines.alcove.invite(practice.maraName)
    }
    try await practice.settle()
    try practice.expectAgreement()
  }

  @Test func `a relationship that has stopped keeps its alarm and its name`() async throws {
    let (practice, intake) = try await Self.founded()
    let alcove = practice.ines.alcove
    let owner = try alcove.owner(of: practice.maraName)
    var run = Run()
    try alcove.step(owner, &run) { try $0.stop(.brokenTurn) }
    practice.relay.lose(intake, behind: nil)
    practice.clock.advance(20 * 86_400)
    #expect(try await !alcove.sync().saysNobodyCameIn)
    await #expect(throws: EngineError(.nameTaken, about: "mara")) {
      try await alcove.invite(practice.maraName)
    }
    #expect(try alcove.people().map(\.state) == [.stopped])
    #expect(try alcove.look(owner) { try $0.tx.count(.alarm, owner) } == 1)
  }

  @Test(arguments: ["beforeCloseChannel", "afterCloseChannel"], [3_600, 7 * 86_400])
  func `a name is free though the command that frees it was ended`(
    at point: String, after length: Int64
  ) async throws {
    let practice = try Practice()
    let ines = practice.ines
    let link = try await ines.alcove.invite(practice.maraName, expiresIn: length).link
    _ = try await practice.mara.alcove.accept(
      try await practice.mara.alcove.inspectInvitation(link),
      Acceptance(answers: [.text: true], signedAs: "M."))
    try await ines.sync()
    practice.relay.lose(try #require(practice.intakes.first), behind: nil)
    // After an hour nothing lies in the channel, after a week a turn of the lock.
    practice.clock.advance(length + 1)
    #expect(try await ines.sync().saysNobodyCameIn)
    ines.atEachPoint { if $0 == "engine \(point)" { throw Someone.Crash() } }
    await #expect(throws: EngineError(.crashed, about: "mara")) {
      try await ines.alcove.invite(practice.maraName)
    }
    ines.neverCrash()
    #expect(try ines.alcove.people().map(\.state) == [.connected])
    _ = try await practice.mara.alcove.sync()
    try await practice.invite()
    try await practice.settle()
    try practice.expectAgreement()
  }

  @Test(arguments: [false, true])
  func `an intake that a backup lacks is laid out again while its invitation is good`(
    clientFirst: Bool
  ) async throws {
    let (practice, intake) = try await Self.founded()
    let (ines, mara) = (practice.ines, practice.mara)
    practice.relay.restore(intake, to: nil, random: SeededRandom(seed: 83))
    if clientFirst {
      let report = try await mara.alcove.sync()
      #expect(report.obstacles.map(\.error.code) == [.invitationGone])
      #expect(try mara.alcove.people().map(\.state) == [.answered])
    }
    try await ines.sync()
    try await mara.sync()
    try await practice.settle()
    try practice.expectAgreement()
  }

  // MARK: Two answers

  @Test func `a client who was let in before the invitation burnt finds the channel closed`()
    async throws
  {
    let (practice, thief, stolen) = try await Self.watched()
    let (ines, mara) = (practice.ines, practice.mara)
    // In the group, and her first commit does not get out.
    mara.network.fail { $0 == .append ? .unreachable : .none }
    _ = try await mara.alcove.sync()
    try await thief.postAnswer(to: stolen, Acceptance(answers: [.text: true], signedAs: "M."))
    _ = try await ines.alcove.sync()
    mara.network.heal()
    let report = try await mara.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.channelLost])
  }

  @Test func `what a client wrote before the invitation burnt is not deleted`() async throws {
    let (practice, thief, stolen) = try await Self.watched()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await ines.alcove.send("to whoever it is", to: practice.maraName)
    try await mara.sync()
    _ = try await mara.alcove.send("it is me", to: practice.inesName)
    try await thief.postAnswer(to: stolen, Acceptance(answers: [.text: true], signedAs: "M."))
    let report = try await ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.invitationBurnt])
    #expect(try ines.alcove.people().map(\.state) == [.stopped])
    // The lock has turned: the relay does not close the channel, and the name stays taken.
    await #expect(throws: EngineError(.nameTaken, about: "mara")) {
      try await ines.alcove.invite(practice.maraName)
    }
    #expect(try ines.texts(practice.maraName) == ["to whoever it is", "it is me"])
    // She is told that nobody reads on.
    let closed = try await mara.alcove.sync()
    #expect(closed.obstacles.map(\.error.code) == [.channelLost])
    #expect(try mara.texts(practice.inesName) == ["to whoever it is", "it is me"])
  }

  /// A founded relationship whose link somebody else has read in time, too.
  private static func watched() async throws -> (Practice, thief: Someone, stolen: Offer) {
    let practice = try Practice()
    let thief = try Someone(.client, practice.relay, practice.clock, seed: 77)
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    let stolen = try await thief.alcove.inspectInvitation(link)
    let offer = try await practice.mara.alcove.inspectInvitation(link)
    _ = try await practice.mara.alcove.accept(
      offer, Acceptance(answers: [.text: true], signedAs: "M."))
    try await practice.ines.sync()
    return (practice, thief, stolen)
  }
}

extension SyncReport {
  fileprivate var saysNobodyCameIn: Bool {
    events.contains { if case .notice(_, .nobodyCameIn) = $0 { true } else { false } }
  }
}
