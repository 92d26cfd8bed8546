// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import RelayLog
import RelayProtocol
import Testing

/// What was answered can be withdrawn before it is counter-signed.
@Suite struct AnswerWithdrawalTests {
  @Test(arguments: [Withdrawal.everything, .scopes([.text])])
  func
    `an answer is withdrawn before the counter-signature, binds, and lands with the first commit`(
      _ withdrawal: Withdrawal
    ) async throws
  {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    try await practice.invite()
    let posted = try await mara.alcove.withdrawConsent(with: practice.inesName, withdrawal)
    #expect(posted.index == nil && posted.obstacle?.code == .notYetConnected)
    let view = try mara.alcove.consent(with: practice.inesName)
    #expect(view.pending == .withdraw && view.permitted.isEmpty)
    // It is told wherever somebody looks, and said once, however often.
    #expect(try mara.alcove.people().map(\.waiting) == [1])
    #expect(try mara.alcove.outbox().lines.map(\.kind) == [.withdraw])
    let again = try await mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.text]))
    #expect(again.index == nil && again.obstacle?.code == .notYetConnected)
    #expect(try mara.alcove.outbox().lines.count == 1)
    #expect(
      await mara.alcove.healthChecks().allSatisfy {
        $0.severity != .failure || $0.subject == "clock"
      })

    try await ines.sync()
    // In the group, and nothing is at the relay yet: it binds all the same.
    mara.network.fail { $0 == .append ? .unreachable : .none }
    _ = try await mara.alcove.sync()
    #expect(try mara.alcove.people().map(\.state) != [.answered])
    #expect(try mara.alcove.outbox().lines.map(\.kind) == [.withdraw])
    await #expect(throws: EngineError(.consentWithdrawn, about: "albrecht")) {
      try await mara.alcove.send("not covered", to: practice.inesName)
    }
    mara.network.heal()
    try await practice.settle()
    let ledger = try ines.alcove.consent(with: practice.maraName).ledger
    #expect(ledger.lines.map(\.line.kind) == [.terms, .grant, .acknowledge, .withdraw])
    try practice.expectAgreement()
    #expect(try ines.alcove.audit(practice.maraName).audit.isClean)
    #expect(try mara.alcove.audit(practice.inesName).audit.isClean)
  }

  @Test func `withdrawals upon an answer land in the order in which they were signed`() async throws
  {
    let practice = try Practice()
    let mara = practice.mara.alcove
    try await practice.invite()
    _ = try await mara.withdrawConsent(with: practice.inesName, .scopes([.questionnaires]))
    let file = try mara.withdrawConsentToFile(with: practice.inesName, .scopes([.questionnaires]))
    _ = try await mara.withdrawConsent(with: practice.inesName, .scopes([.text]))
    #expect(try mara.outbox().lines.count == 2)
    try await practice.settle()
    _ = try await mara.withdrawConsent(with: practice.inesName, .everything)
    try await practice.settle()
    let ledger = try practice.ines.alcove.consent(with: practice.maraName).ledger
    #expect(
      ledger.lines.compactMap { line -> Withdrawal? in
        if case .withdraw(let withdrawal) = line.body { withdrawal } else { nil }
      } == [.scopes([.questionnaires]), .scopes([.text]), .everything])
    #expect(try WithdrawalFile.read(file).hash == ledger.lines[3].hash)
    try practice.expectAgreement()
  }

  @Test func `the same as a file is taken once the relationship is founded`() async throws {
    let practice = try Practice()
    try await practice.invite()
    let file = try practice.mara.alcove.withdrawConsentToFile(
      with: practice.inesName, .everything)
    try await practice.ines.sync()
    let (name, _) = try await practice.ines.alcove.importWithdrawal(file)
    #expect(name == practice.maraName)
    await #expect(throws: EngineError(.consentWithdrawn, about: "mara")) {
      try await practice.ines.alcove.send("not covered", to: practice.maraName)
    }
  }

  /// A client who has withdrawn an answer whose invitation is over; the therapist has founded upon it, or not.
  private func lost(founding: Bool) async throws -> Practice {
    let practice = try Practice()
    try await practice.invite()
    _ = try await practice.mara.alcove.withdrawConsent(with: practice.inesName, .everything)
    let intake = try #require(practice.intakes.first)
    if founding { try await practice.ines.sync() }
    practice.relay.lose(intake, behind: nil)
    practice.clock.advance(20 * 86_400)
    return practice
  }

  @Test func `a withdrawal outlives its invitation, is asked about, and is taken as a file`()
    async throws
  {
    let practice = try await lost(founding: true)
    let (ines, mara) = (practice.ines, practice.mara)
    let undelivered = EngineError(.withdrawalNotCarried, about: "albrecht")
    for _ in 0..<2 {
      #expect(try await mara.alcove.sync().obstacles.map(\.error) == [undelivered])
    }
    let person = try mara.alcove.person(practice.inesName)
    #expect(person.state == .void && person.trouble == undelivered)
    // It is said again as often as it is asked for, and the name is nobody else's until then.
    let again = try await mara.alcove.withdrawConsent(with: practice.inesName, .everything)
    #expect(again.index == nil && again.obstacle == undelivered)
    let other = try Someone(.therapist, practice.relay, practice.clock, seed: 91)
    let link = try await other.alcove.invite(LocalName("m")!).link
    let offer = try await mara.alcove.inspectInvitation(link)
    let answer = Acceptance(answers: [.text: true], signedAs: "M.", name: practice.inesName)
    await #expect(throws: EngineError(.nameTaken, about: "albrecht")) {
      try await mara.alcove.accept(offer, answer)
    }

    let file = try mara.alcove.withdrawConsentToFile(with: practice.inesName, .everything)
    _ = try await ines.alcove.importWithdrawal(file)
    await #expect(throws: EngineError(.consentWithdrawn, about: "mara")) {
      try await ines.alcove.send("not covered", to: practice.maraName)
    }
    try await mara.sync()
    // A file may be lost: it can be written again, until the name is given to somebody else.
    #expect(
      try !mara.alcove.withdrawConsentToFile(with: practice.inesName, .everything).isEmpty)
    #expect(try mara.vault.dataKeys().count == 2)
    _ = try await mara.alcove.accept(offer, answer)
    try await mara.sync()
    #expect(try mara.vault.dataKeys().count == 2)
  }

  @Test func `what was not withdrawn goes with an invitation that comes to nothing`() async throws {
    let practice = try Practice()
    let mara = practice.mara
    try await practice.invite()
    practice.relay.lose(try #require(practice.intakes.first), behind: nil)
    practice.clock.advance(20 * 86_400)
    try await mara.sync()
    #expect(try mara.alcove.people().map(\.state) == [.void])
    #expect(try mara.vault.dataKeys().map(\.owner) == [mara.vault.profileOwner])
    await #expect(throws: EngineError(.invitationGone, about: "albrecht")) {
      try await mara.alcove.withdrawConsent(with: practice.inesName, .everything)
    }
  }

  @Test(arguments: [true, false])
  func `a file that comes before the answer was read is kept for the founding`(
    afterAnOutage: Bool
  ) async throws {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    try await practice.invite()
    let file = try mara.alcove.withdrawConsentToFile(with: practice.inesName, .everything)
    if afterAnOutage {
      ines.network.fail(.unreachable)
      for _ in 0..<2 {
        let (name, posted) = try await ines.alcove.importWithdrawal(file)
        #expect(name == practice.maraName)
        #expect(posted.index == nil && posted.obstacle?.code == .relayUnreachable)
      }
      ines.network.heal()
      try await ines.sync()
    } else {
      let (name, posted) = try await ines.alcove.importWithdrawal(file)
      #expect(name == practice.maraName && posted.index == 3)
    }
    await #expect(throws: EngineError(.consentWithdrawn, about: "mara")) {
      try await ines.alcove.send("not covered", to: practice.maraName)
    }
    try await practice.settle()
    let ledger = try ines.alcove.consent(with: practice.maraName).ledger
    #expect(ledger.lines.map(\.line.kind).prefix(4) == [.terms, .grant, .acknowledge, .withdraw])
    try practice.expectAgreement()
    #expect(try ines.alcove.audit(practice.maraName).audit.isClean)
  }

  @Test func `a file by somebody who did not answer is forgotten when the answer is read`()
    async throws
  {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    let link = try await ines.alcove.invite(practice.maraName).link
    // Somebody else has the link, signs an answer that does not get there, and withdraws it.
    let eve = try Someone(.client, practice.relay, practice.clock, seed: 66)
    let offer = try await eve.alcove.inspectInvitation(link)
    eve.network.fail(.unreachable)
    _ = try await eve.alcove.accept(
      offer, Acceptance(answers: [.text: true], signedAs: "E."))
    let file = try eve.alcove.withdrawConsentToFile(with: practice.inesName, .everything)
    let (_, posted) = try await ines.alcove.importWithdrawal(file)
    #expect(posted.index == nil && posted.obstacle?.code == .notYetConnected)
    _ = try await mara.alcove.accept(offer, Acceptance(answers: [.text: true], signedAs: "M."))
    try await practice.settle()
    _ = try await ines.alcove.send("covered", to: practice.maraName)
    try await mara.sync()
    #expect(try mara.texts(practice.inesName) == ["covered"])
    await #expect(throws: EngineError(.notAWithdrawal, about: "mara")) {
      try await ines.alcove.importWithdrawal(file)
    }
  }
}
