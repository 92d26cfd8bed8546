// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// Answers that ask for more than the terms offer.
@Suite struct AnswerDecisionTests {
  @Test func `an answer beyond the terms waits for a decision`() async throws {
    let practice = try Practice()
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    let offer = try await practice.mara.alcove.inspectInvitation(link)
    var answer = Acceptance(answers: [.text: true], signedAs: "M.")
    let beyond = offer.terms.validUntil.adding(days: 30)
    answer.validUntil = beyond
    await #expect(throws: EngineError(.dayBeyondTerms)) {
      try await practice.mara.alcove.accept(offer, answer)
    }
    answer.validUntil = ConsentTime(clamping: practice.clock.now())
    await #expect(throws: EngineError(.dayPassed)) {
      try await practice.mara.alcove.accept(offer, answer)
    }
    // Another program may ask for more: a person decides, about the very line that was shown.
    answer.validUntil = nil
    practice.mara.network.fail(.unreachable)
    _ = try await practice.mara.alcove.accept(offer, answer)
    practice.mara.network.heal()
    try practice.mara.extendAnswer(to: offer, until: beyond)
    try await practice.mara.sync()
    try await practice.ines.sync()
    let ines = practice.ines.alcove
    #expect(try ines.person(practice.maraName).awaitsDecision)
    let shown = try ines.consent(with: practice.maraName).ledger.last
    guard case .grant(let grant) = shown.body else { throw EngineError(.offerInvalid) }
    #expect(grant.validUntil == beyond)
    let first = try ines.consent(with: practice.maraName).ledger.lines[0].hash
    await #expect(throws: EngineError(.decisionChanged, about: "mara")) {
      try await ines.acknowledgeConsent(of: practice.maraName, seen: first)
    }
    #expect(try ines.person(practice.maraName).state == .invited)
    _ = try await ines.acknowledgeConsent(of: practice.maraName, seen: shown.hash)
    try await practice.settle()
    try practice.expectAgreement()
  }

  @Test func `who decides on an answer when its invitation is gone signs nothing, and is told`()
    async throws
  {
    let practice = try Practice()
    let ines = practice.ines.alcove
    let link = try await ines.invite(practice.maraName).link
    let offer = try await practice.mara.alcove.inspectInvitation(link)
    practice.mara.network.fail(.unreachable)
    _ = try await practice.mara.alcove.accept(
      offer, Acceptance(answers: [.text: true], signedAs: "M."))
    practice.mara.network.heal()
    try practice.mara.extendAnswer(to: offer, until: offer.terms.validUntil.adding(days: 30))
    try await practice.mara.sync()
    try await practice.ines.sync()
    #expect(try ines.person(practice.maraName).awaitsDecision)
    practice.relay.lose(try #require(practice.intakes.first), behind: nil)
    practice.clock.advance(15 * 86_400)
    await #expect(throws: EngineError(.invitationGone, about: "mara")) {
      try await ines.acknowledgeConsent(of: practice.maraName)
    }
    #expect(try ines.people().map(\.state) == [.void])
  }
}
