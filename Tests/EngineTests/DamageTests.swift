// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// What is damaged or missing in the store is found, named, and nobody else's trouble.
@Suite struct DamageTests {
  enum Damage: CaseIterable {
    case consentLine
    case channel

    var code: EngineError.Code { self == .channel ? .storeDamaged : .ledgerInvalid }
  }

  private let tomName = LocalName("tom")!

  /// A practice with a second client, and a message of his on its way.
  private func practiceOfTwo() async throws -> (Practice, tom: Someone) {
    let practice = try await Practice.connected()
    let tom = try Someone(.client, practice.relay, practice.clock, seed: 77)
    let link = try await practice.ines.alcove.invite(tomName).link
    let offer = try await tom.alcove.inspectInvitation(link)
    _ = try await tom.alcove.accept(
      offer, Acceptance(answers: [.text: true], signedAs: "T."))
    for _ in 0..<3 {
      try await practice.ines.sync()
      try await tom.sync()
    }
    _ = try await tom.alcove.send("from tom", to: practice.inesName)
    return (practice, tom)
  }

  private func damage(_ damage: Damage, _ name: LocalName, of someone: Someone) throws {
    let alcove = someone.alcove
    let owner = try alcove.owner(of: name)
    try alcove.store.transaction(alcove.keys()) { tx in
      switch damage {
      case .consentLine: try tx.delete(.consentLine, owner, RecordKey(1))
      case .channel: try tx.delete(.channel, owner)
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func `a relationship that cannot be read is a failure of the health checks, by name`(
    _ damage: Damage
  ) async throws {
    let (practice, _) = try await practiceOfTwo()
    try self.damage(damage, practice.maraName, of: practice.ines)
    let checks = await practice.ines.alcove.healthChecks()
    let failures = checks.filter { $0.severity == .failure && $0.subject != "clock" }
    #expect(failures.map(\.name) == [practice.maraName])
    #expect(failures.first?.error?.exit == .integrity)
    #expect(checks.contains { $0.name == tomName && $0.severity == .information })
  }

  @Test func `a list of people that cannot be read is a failure of the health checks`() async throws
  {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    try ines.store.transaction(ines.keys()) { tx in
      try tx.put([9], .relationship, ines.profileOwner, RecordKey([1]))
    }
    let failures = await ines.healthChecks().filter {
      $0.severity == .failure && $0.subject != "clock"
    }
    #expect(failures.map(\.subject) == ["people"])
  }

  @Test(arguments: Damage.allCases)
  func `what is damaged of one relationship stops no other`(_ damage: Damage) async throws {
    let (practice, tom) = try await practiceOfTwo()
    let ines = practice.ines.alcove
    try self.damage(damage, practice.maraName, of: practice.ines)

    let report = try await ines.sync()
    practice.ines.network.fail(.unreachable)
    _ = try await ines.send("waits", to: tomName)
    #expect(report.obstacles.map(\.name) == [practice.maraName])
    #expect(report.obstacles.map(\.error) == [EngineError(damage.code, about: "mara")])
    #expect(report.received == 1)

    let people = try ines.people()
    #expect(people.map(\.name) == [practice.maraName, tomName])
    #expect(people.map(\.state) == [.damaged, .connected])
    #expect(people[0].trouble == EngineError(damage.code, about: "mara"))
    #expect(try ines.status().people == people)
    let inbox = try ines.inbox()
    #expect(inbox.unread.map(\.person.name) == [tomName])
    #expect(inbox.damaged == [EngineError(damage.code, about: "mara")])
    let outbox = try ines.outbox()
    #expect(outbox.messages.map(\.name) == [tomName])
    #expect(outbox.damaged == [EngineError(damage.code, about: "mara")])
    let keys = try ines.keyReport()
    #expect(keys.relationships.map(\.person) == [tomName])
    #expect(keys.damaged == [EngineError(damage.code, about: "mara")])
    #expect(try ines.audit(practice.maraName).audit.isClean == false)
    #expect(try ines.audit(tomName).audit.isClean)

    practice.ines.network.heal()
    let file = try tom.alcove.withdrawConsentToFile(with: practice.inesName, .everything)
    let (name, posted) = try await ines.importWithdrawal(file)
    #expect(name == tomName && posted.index == 3)
  }

  @Test func `a message that does not open is no empty inbox and no empty outbox`() async throws {
    let (practice, _) = try await practiceOfTwo()
    let ines = practice.ines.alcove
    _ = try await practice.mara.alcove.send("from mara", to: practice.inesName)
    try await practice.ines.sync()
    practice.ines.network.fail(.unreachable)
    let owner = try ines.owner(of: practice.maraName)
    func spoil(_ table: Table) throws {
      try ines.store.transaction(ines.keys()) { tx in
        let key = try #require(try tx.keys(table, owner).last)
        try tx.put([9], table, owner, key)
      }
    }
    let damaged = [EngineError(.storeDamaged, about: "mara")]
    #expect(try ines.inbox().damaged.isEmpty)
    try spoil(.message)
    #expect(try ines.person(practice.maraName).unread == 1)
    let inbox = try ines.inbox()
    #expect(inbox.unread.map(\.person.name) == [tomName])
    #expect(inbox.damaged == damaged)
    #expect(try ines.outbox().damaged.isEmpty)
    _ = try await ines.send("waits", to: practice.maraName)
    try spoil(.outbox)
    #expect(try ines.outbox().messages.isEmpty)
    #expect(try ines.outbox().damaged == damaged)
  }

  @Test(arguments: Damage.allCases)
  func `beside what is damaged there is room for a new beginning, and every advice leads there`(
    _ damage: Damage
  ) async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines.alcove, practice.mara.alcove)
    try self.damage(damage, practice.maraName, of: practice.ines)
    let next = "alcove invite NEW-NAME"
    #expect(try ines.status().next.map(\.words).contains(next))
    let check = await ines.healthChecks().first { $0.name == practice.maraName }
    #expect(check?.next == "on the therapist's computer: \(next)")
    #expect(check?.error?.message.contains("mara") == true)
    let name = LocalName("mara2")!
    let offer = try await mara.inspectInvitation(try await ines.invite(name).link)
    _ = try await mara.accept(offer, Acceptance(answers: [.text: true], signedAs: "M."))
    for _ in 0..<3 {
      _ = try await ines.sync()
      _ = try await mara.sync()
    }
    #expect(try ines.people().map(\.state) == [.damaged, .connected])
    #expect(try await ines.send("on", to: name).delivery == .atRelay)
  }

  @Test(arguments: Damage.allCases)
  func `a watch with nobody else to follow ends with the damage`(_ damage: Damage) async throws {
    let practice = try await Practice.connected()
    try self.damage(damage, practice.maraName, of: practice.ines)
    await #expect(throws: EngineError(damage.code, about: "mara")) {
      try await practice.ines.alcove.watch { _ in true }
    }
  }

  @Test(arguments: Damage.allCases)
  func `a new device key reaches the others, and who does not get it is named`(
    _ damage: Damage
  ) async throws {
    let (practice, _) = try await practiceOfTwo()
    let ines = practice.ines
    try self.damage(damage, practice.maraName, of: ines)
    let results = try await ines.alcove.rotateDevice(try RecoveryWords(ines.words))
    #expect(results.map(\.name) == [practice.maraName, tomName])
    #expect(results.map(\.result.obstacle?.code) == [damage.code, nil])
  }

  @Test func `a person who is missing from the list, with everything else left, is found`()
    async throws
  {
    let practice = try await Practice.connected()
    let ines = practice.ines.alcove
    let owner = try ines.owner(of: practice.maraName)
    try ines.store.transaction(ines.keys()) { tx in
      try tx.delete(.relationship, ines.profileOwner, RecordKey(owner.bytes))
    }
    let failures = await ines.healthChecks().filter {
      $0.severity == .failure && $0.subject != "clock"
    }
    #expect(failures.map(\.subject) == ["people"])
    #expect(failures.first?.error?.code == .storeDamaged)
  }

  @Test func `a message that is missing is a finding, whoever sent it`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines.alcove, practice.mara.alcove)
    _ = try await mara.send("from mara", to: practice.inesName)
    try await practice.settle()
    #expect(try ines.audit(practice.maraName).audit.isClean)
    #expect(try mara.audit(practice.inesName).audit.isClean)
    for (alcove, name) in [(ines, practice.maraName), (mara, practice.inesName)] {
      let owner = try alcove.owner(of: name)
      try alcove.store.transaction(alcove.keys()) { tx in
        let count = try tx.deleteAll(.message, owner)
        #expect(count == 1)
      }
      let findings = try alcove.audit(name).audit.findings
      #expect(findings.count == 1)
      if case .message? = findings.first?.place {} else { Issue.record("\(findings)") }
      #expect(
        await alcove.healthChecks().contains { $0.name == name && $0.severity == .failure })
    }
  }
}
