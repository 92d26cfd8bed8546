// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import RelayLog
import RelayProtocol
import Testing

@Suite struct StoryTests {
  @Test func `two people find each other, and both see the same group, log and ledger`()
    async throws
  {
    let practice = try await Practice.connected()
    try practice.expectAgreement()
    let person = try practice.ines.alcove.person(practice.maraName)
    #expect(person.state == .connected)
    #expect(person.consent == .inForce)
    #expect(person.signedAs == "M.")
    #expect(!person.verified)
    // The joiner has committed at once, and the intake is closed and forgotten.
    #expect(person.epoch == 2)
    let left = try practice.ines.alcove.store.read(practice.ines.alcove.keys()) {
      try practice.ines.alcove.invitations(in: $0).count
    }
    #expect(left == 0)
    let one = try practice.ines.alcove.safetyNumber(with: practice.maraName)
    let other = try practice.mara.alcove.safetyNumber(with: practice.inesName)
    #expect(one == other)
    #expect(one.groups.count == 12)
  }

  @Test func `messages arrive once, in order, with their state`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    for number in 0..<5 {
      let one = try await ines.alcove.send("to mara \(number)", to: practice.maraName)
      #expect(one.delivery == .atRelay && one.unverified)
      _ = try await mara.alcove.send("to ines \(number)", to: practice.inesName)
    }
    try await practice.settle()
    let expected = (0..<5).flatMap { ["to mara \($0)", "to ines \($0)"] }
    #expect(try ines.texts(practice.maraName) == expected)
    #expect(try mara.texts(practice.inesName) == expected)
    try practice.expectAgreement()
    #expect(try mara.alcove.inbox().unread.first?.messages.count == 5)
    _ = try mara.alcove.read(practice.inesName)
    #expect(try mara.alcove.inbox().unread.isEmpty)
    let first = try ines.alcove.read(practice.maraName).messages[0]
    #expect(first.delivery == .confirmed)
  }

  @Test func `both rotate, and messages go on in later epochs`() async throws {
    let practice = try await Practice.connected()
    let before = try practice.ines.alcove.person(practice.maraName).epoch ?? 0
    _ = try await practice.ines.alcove.rotateKeys(with: practice.maraName)
    let result = try await practice.mara.alcove.rotateKeys(with: practice.inesName)
    #expect(result.obstacle == nil && result.epoch == before + 2)
    _ = try await practice.mara.alcove.send("after", to: practice.inesName)
    try await practice.settle()
    #expect(try practice.ines.texts(practice.maraName) == ["after"])
    try practice.expectAgreement()
  }

  @Test func `a withdrawn scope is refused on both sides, and a withdrawal of all ends it`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    _ = try await ines.alcove.send("PHQ-9", to: practice.maraName, scope: .questionnaires)
    let posted = try await mara.alcove.withdrawConsent(
      with: practice.inesName, .scopes([.questionnaires]))
    #expect(posted.index == 3 && posted.obstacle == nil)
    // The lock has turned: even before the other side has read it, nothing more gets through.
    await #expect(throws: EngineError(.consentWithdrawn, about: "mara")) {
      try await ines.alcove.send("PHQ-9 again", to: practice.maraName, scope: .questionnaires)
    }
    _ = try await ines.alcove.send("still agreed", to: practice.maraName)
    try await practice.settle()
    _ = try await mara.alcove.withdrawConsent(with: practice.inesName, .everything)
    try await practice.settle()
    await #expect(throws: EngineError(.consentWithdrawn, about: "mara")) {
      try await ines.alcove.send("one more thing", to: practice.maraName)
    }
    await #expect(throws: EngineError(.consentWithdrawn, about: "albrecht")) {
      try await mara.alcove.send("one more thing", to: practice.inesName)
    }
    for (alcove, name) in [
      (ines.alcove, practice.maraName), (mara.alcove, practice.inesName),
    ] {
      let report = try alcove.audit(name)
      #expect(report.audit.findings == [])
      #expect(report.audit.lines.count == 5)
    }
    let file = try ines.alcove.exportLedger(of: practice.maraName)
    #expect(Alcove.verifyExport(file, now: practice.clock.now()).isClean)
    var damaged = file
    damaged[file.count / 2] ^= 1
    #expect(!Alcove.verifyExport(damaged, now: practice.clock.now()).isClean)
  }

  @Test func `a changed consent is counter-signed by the therapist's next sync`() async throws {
    let practice = try await Practice.connected()
    _ = try await practice.mara.alcove.amendConsent(
      with: practice.inesName, changes: [.voice: true])
    try await practice.settle()
    let view = try practice.mara.alcove.consent(with: practice.inesName)
    #expect(view.permitted == [.text, .voice, .questionnaires])
    #expect(view.ledger.length == 5)
    try practice.expectAgreement()
  }
}
