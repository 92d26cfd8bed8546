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
    #expect(
      await mara.alcove.healthChecks().allSatisfy {
        $0.severity != .failure || $0.subject == "clock"
      })

    try await ines.sync()
    // In the group, and nothing is at the relay yet: it binds all the same.
    mara.network.fail { $0 == .append ? .unreachable : .none }
    _ = try await mara.alcove.sync()
    #expect(try mara.alcove.people().map(\.state) != [.answered])
    #expect(try mara.alcove.outgoingLines().map(\.kind) == [.withdraw])
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

  @Test func `a withdrawal goes with an answer that comes to nothing`() async throws {
    let practice = try Practice()
    let mara = practice.mara
    try await practice.invite()
    _ = try await mara.alcove.withdrawConsent(with: practice.inesName, .everything)
    practice.relay.lose(try #require(practice.intakes.first), behind: nil)
    practice.clock.advance(20 * 86_400)
    _ = try await mara.alcove.sync()
    #expect(try mara.alcove.people().map(\.state) == [.void])
    #expect(try mara.vault.dataKeys().map(\.owner) == [mara.vault.profileOwner])
  }
}
