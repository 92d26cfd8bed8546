// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import MLS
import MLSTesting
import Primitives
import RelayProtocol
import RelayLog
import Testing
import WireFormat

/// A clock that is ahead is handed on by no line, and costs no invitation.
@Suite struct LedgerClockTests {
  /// The same profile on a computer whose clock shows another time.
  private func alcove(of someone: Someone, ahead seconds: Int64) -> Alcove {
    Alcove(
      store: MemoryRecordStore(disk: someone.disk, random: someone.random), vault: someone.vault,
      clock: TestClock(someone.clock.now() + seconds), random: someone.random,
      relays: someone.network, suite: .x25519ChaCha20)
  }

  @Test(arguments: [5_400, 6 * 86_400] as [Int64])
  func `an answer from a clock that is ahead waits, and is taken when its time has come`(
    lead: Int64
  ) async throws {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    let link = try await ines.alcove.invite(practice.maraName).link
    let early = alcove(of: mara, ahead: lead)
    let offer = try await early.inspectInvitation(link)
    _ = try await early.accept(offer, Acceptance(answers: [.text: true], signedAs: "M."))
    for _ in 0..<2 {
      let report = try await ines.alcove.sync()
      #expect(report.obstacles.map(\.error) == [EngineError(.datedAhead, about: "mara")])
      let person = try #require(try ines.alcove.people().first)
      #expect(person.state == .answered && person.invitation == nil)
      #expect(person.trouble == EngineError(.datedAhead, about: "mara"))
    }
    // What the advice names works, and the link that is used up is not handed out.
    let view = try ines.alcove.consent(with: practice.maraName)
    #expect(view.ledger.lines.map(\.line.kind) == [.terms, .grant])
    await #expect(throws: EngineError(.datedAhead, about: "mara")) {
      try await ines.alcove.invite(practice.maraName)
    }
    practice.clock.advance(lead - 600)
    try await practice.settle()
    try practice.expectAgreement()
  }

  @Test func `an answer that is dated ahead can be given up, and its name is free`() async throws {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    let link = try await ines.alcove.invite(practice.maraName).link
    let early = alcove(of: mara, ahead: 6 * 86_400)
    _ = try await early.accept(
      try await early.inspectInvitation(link), Acceptance(answers: [.text: true], signedAs: "M."))
    await #expect(throws: EngineError(.notYetConnected, about: "mara")) {
      try await ines.alcove.giveUpAnswer(of: practice.maraName)
    }
    _ = try await ines.alcove.sync()
    try await ines.alcove.giveUpAnswer(of: practice.maraName)
    #expect(try ines.alcove.people().map(\.state) == [.void])
    #expect(practice.intakes.isEmpty)
    let offer = try await mara.alcove.inspectInvitation(
      try await ines.alcove.invite(practice.maraName).link)
    let answer = Acceptance(answers: [.text: true], signedAs: "M.")
    let name = try await mara.alcove.accept(offer, answer).name
    for _ in 0..<3 {
      try await ines.sync()
      _ = try await mara.alcove.sync()
    }
    #expect(try ines.alcove.people().map(\.state) == [.connected])
    #expect(try mara.alcove.person(name).state == .connected)
  }

  @Test func `an answer dated ahead that asks for more than the terms is decided on in its time`()
    async throws
  {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    let early = alcove(of: mara, ahead: 5_400)
    let offer = try await early.inspectInvitation(
      try await ines.alcove.invite(practice.maraName).link)
    mara.network.fail(.unreachable)
    _ = try await early.accept(offer, Acceptance(answers: [.text: true], signedAs: "M."))
    mara.network.heal()
    try mara.extendAnswer(to: offer, until: offer.terms.validUntil.adding(days: 30), ahead: 5_400)
    _ = try await mara.alcove.sync()
    _ = try await ines.alcove.sync()
    #expect(try ines.alcove.people().map(\.awaitsDecision) == [false])
    practice.clock.advance(5_400)
    try await ines.sync()
    #expect(try ines.alcove.people().map(\.awaitsDecision) == [true])
    _ = try await ines.alcove.acknowledgeConsent(of: practice.maraName)
    try await practice.settle()
    try practice.expectAgreement()
  }

  @Test func `a lifetime of which the therapist's clock is half a day short is taken`() async throws
  {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    let link = try await ines.alcove.invite(practice.maraName).link
    let offer = try await mara.alcove.inspectInvitation(link)
    _ = try await mara.alcove.accept(offer, Acceptance(answers: [.text: true], signedAs: "M."))
    let key = try #require(
      try mara.alcove.store.read(mara.alcove.keys()) { try mara.alcove.invitations(in: $0).first })
    let body = try AnswerBody(wireBytes: key.value.answer)
    let package = try KeyPackage(wireBytes: body.keyPackage)
    guard case .keyPackage(let lifetime) = package.leafNode.source else {
      Issue.record("a leaf of a key package has a lifetime")
      return
    }
    let now = UInt64(practice.clock.now())
    #expect(lifetime.contains(now - 43_200))
    #expect(
      try #require(lifetime.duration)
        <= Validation(credentials: AcceptAll(), now: now).maximumLifetime)
  }

  @Test
  func
    `a line dated years ahead is not counter-signed, and only what takes away is signed upon it`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await alcove(of: mara, ahead: 3 * 365 * 86_400).amendConsent(
      with: practice.inesName, changes: [.questionnaires: false])
    _ = try await ines.alcove.sync()
    _ = try await mara.alcove.sync()
    _ = try await ines.alcove.sync()
    let view = try ines.alcove.consent(with: practice.maraName)
    #expect(view.ledger.lines.map(\.line.kind) == [.terms, .grant, .acknowledge, .amend])
    await #expect(throws: EngineError(.datedAhead, about: "mara")) {
      try await ines.alcove.proposeTerms(
        to: practice.maraName, view.ledger.state.newestOffer.terms)
    }
    await #expect(throws: EngineError(.datedAhead, about: "albrecht")) {
      try await mara.alcove.amendConsent(with: practice.inesName, changes: [.voice: true])
    }
    let withdrawn = try await mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.questionnaires]))
    #expect(withdrawn.index == 4)
    try await practice.settle()
    let ended = try await ines.alcove.endRelationship(with: practice.maraName)
    #expect(ended.index == 5)
  }

  @Test
  func `a line signed while the own clock was ahead waits, is told, and makes room for another`()
    async throws
  {
    let practice = try await Practice.connected()
    let mara = practice.mara
    mara.network.fail(.unreachable)
    _ = try await alcove(of: mara, ahead: 3 * 365 * 86_400).amendConsent(
      with: practice.inesName, changes: [.voice: true])
    mara.network.heal()
    let report = try await mara.alcove.sync()
    #expect(report.obstacles.map(\.error) == [EngineError(.datedAhead, about: "albrecht")])
    #expect(try mara.alcove.consent(with: practice.inesName).ledger.length == 3)
    #expect(try mara.alcove.outbox().lines.map(\.kind) == [.amend])
    let again = try await mara.alcove.amendConsent(
      with: practice.inesName, changes: [.voice: true])
    #expect(again.index == 3)
    try await practice.settle()
    #expect(try mara.alcove.outbox().lines.isEmpty)
    #expect(
      try practice.ines.alcove.consent(with: practice.maraName).ledger.lines[3].line.kind == .amend)
  }

  @Test func `a line that waits outlives a sync at which the clock is years behind`() async throws {
    let practice = try await Practice.connected()
    let mara = practice.mara
    mara.network.fail(.unreachable)
    _ = try await mara.alcove.amendConsent(with: practice.inesName, changes: [.voice: true])
    mara.network.heal()
    let report = try await alcove(of: mara, ahead: -6 * 365 * 86_400).sync()
    #expect(report.obstacles.map(\.error.code) == [.datedAhead])
    #expect(try mara.alcove.consent(with: practice.inesName).ledger.length == 3)
    try await mara.sync()
    let ledger = try mara.alcove.consent(with: practice.inesName).ledger
    #expect(ledger.lines.map(\.line.kind) == [.terms, .grant, .acknowledge, .amend])
  }

  @Test func `a counter-signature that waits outlives a sync at which the clock is years behind`()
    async throws
  {
    let practice = try await Practice.connected()
    let ines = practice.ines
    _ = try await practice.mara.alcove.amendConsent(
      with: practice.inesName, changes: [.voice: true])
    // What she counter-signs by herself does not leave before the clock is wrong.
    ines.network.fail { $0 == .append ? .unreachable : .none }
    _ = try await ines.alcove.sync()
    ines.network.heal()
    _ = try await alcove(of: ines, ahead: -6 * 365 * 86_400).sync()
    try await practice.settle()
    let ledger = try ines.alcove.consent(with: practice.maraName).ledger
    #expect(
      ledger.lines.map(\.line.kind) == [.terms, .grant, .acknowledge, .amend, .acknowledge])
    try practice.expectAgreement()
  }

  @Test func `what only takes away goes at once, whatever the clock and the record say`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    mara.network.fail(.unreachable)
    _ = try await mara.alcove.amendConsent(
      with: practice.inesName, changes: [.questionnaires: false])
    mara.network.heal()
    _ = try await alcove(of: mara, ahead: -6 * 365 * 86_400).sync()
    #expect(try mara.alcove.consent(with: practice.inesName).ledger.length == 4)
    // The record is dated ahead of her clock now, as it is.
    let behind = alcove(of: mara, ahead: -6 * 365 * 86_400)
    let posted = try await behind.amendConsent(with: practice.inesName, changes: [.text: false])
    #expect(posted.index == 4)
    await #expect(throws: EngineError(.datedAhead, about: "albrecht")) {
      try await behind.amendConsent(
        with: practice.inesName, changes: [.questionnaires: false, .text: true])
    }
    try await practice.settle()
    #expect(try ines.alcove.consent(with: practice.maraName).permitted.isEmpty)
  }
}
