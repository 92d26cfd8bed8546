// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import Primitives
import RelayProtocol
import Testing

/// A vault that lacks the keys of one relationship: as damage of that one, and no reason to unlock anything.
@Suite struct LostKeyTests {
  private let otherName = LocalName("other")!

  /// A client of two therapists, without the keys of the first.
  private func clientOfTwo() async throws -> (Practice, other: Someone) {
    let practice = try await Practice.connected()
    let mara = practice.mara
    let other = try Someone(.therapist, practice.relay, practice.clock, seed: 91)
    practice.clock.advance(60)
    let link = try await other.alcove.invite(LocalName("m")!).link
    let offer = try await mara.alcove.inspectInvitation(link)
    _ = try await mara.alcove.accept(
      offer, Acceptance(answers: [.text: true], signedAs: "M.", name: otherName))
    for _ in 0..<3 {
      try await other.sync()
      try await mara.sync()
    }
    let owner = try mara.alcove.owner(of: practice.inesName)
    try mara.vault.removeRelationship(KeyOwner(owner))
    return (practice, other)
  }

  @Test func `it is told of that person, and everything goes on with the others`() async throws {
    let (practice, other) = try await clientOfTwo()
    let mara = practice.mara.alcove
    let damage = EngineError(.storeDamaged, about: "albrecht")
    _ = try await other.alcove.send("hello", to: LocalName("m")!)

    let report = try await mara.sync()
    #expect(report.obstacles.map(\.error) == [damage] && report.received == 1)
    let person = try mara.person(practice.inesName)
    #expect(person.state == .damaged && person.trouble == damage)
    #expect(try mara.person(otherName).state == .connected)
    let keys = try mara.keyReport()
    #expect(keys.damaged == [damage])
    #expect(keys.devices.map(\.person) == [otherName])
    #expect(throws: damage) { try mara.read(practice.inesName) }
    let failures = await mara.healthChecks().filter {
      $0.severity == .failure && $0.subject != "clock"
    }
    #expect(failures.contains { $0.name == practice.inesName && $0.error == damage })
    _ = try await mara.send("hello to you", to: otherName)
  }

  @Test func `a new device key reaches the others, and who does not get it is named`() async throws
  {
    let (practice, _) = try await clientOfTwo()
    let mara = practice.mara
    let results = try await mara.alcove.rotateDevice(try RecoveryWords(mara.words))
    #expect(results.map(\.name) == [practice.inesName, otherName])
    #expect(results.map(\.result.obstacle?.code) == [.storeDamaged, nil])
    #expect(try mara.alcove.keyReport().devices.map(\.serial) == [2])
  }
}
