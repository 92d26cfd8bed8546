// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
@testable import Engine
import MLS
import Primitives
import RelayProtocol
import Testing

/// Groups that are sound by the rules of MLS, and are not the one that was agreed.
@Suite struct ForgedWelcomeTests {
  private let parties: Parties
  private let package: OwnKeyPackage
  private let ledger: Ledger

  init() throws {
    parties = try Parties()
    package = try parties.client.package(parties.relationship)
    ledger = try parties.ledger(package)
  }

  private func expectRefused(
    _ welcome: [UInt8], _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: EngineError(.offerInvalid), sourceLocation: location) {
      try parties.join(welcome, package, ledger)
    }
  }

  @Test func `the group that was agreed is entered`() throws {
    let welcome = try parties.found(by: parties.therapist, adding: [package], under: ledger).welcome
    let joined = try parties.join(welcome, package, ledger)
    #expect(joined.channel.bytes == parties.channel)
    #expect(joined.ownSerial == 1 && joined.peerSerial == 1)
  }

  @Test func `a group in which something has gone before is not entered`() throws {
    expectRefused(
      try parties.found(
        by: parties.therapist, adding: [package], under: ledger, commitsBefore: 1
      ).welcome)
  }

  @Test func `a group whose place is another relationship's is not entered`() throws {
    let other = RelationshipID(random: SeededRandom(seed: 6))
    expectRefused(
      try parties.found(
        by: parties.therapist, adding: [package], under: ledger, at: try parties.place(other)
      ).welcome)
  }

  @Test func `a group with the supervisor in it from the start is not entered`() throws {
    let third = try parties.supervisor.package(parties.relationship)
    expectRefused(
      try parties.found(by: parties.therapist, adding: [package, third], under: ledger).welcome)
  }

  @Test func `a group that the supervisor has made in the therapist's place is not entered`()
    throws
  {
    #expect(ledger.role(of: parties.supervisor.device.identity) == .supervisor)
    expectRefused(
      try parties.found(by: parties.supervisor, adding: [package], under: ledger).welcome)
  }

  @Test func `a context is three extensions, each once, of this relationship`() throws {
    let place = try parties.place()
    let honest = GroupContextPolicy.extensions(ConsentExtension(ledger), place)
    #expect(GroupContextPolicy.place(in: honest, under: ledger) == place)
    for index in honest.indices {
      #expect(GroupContextPolicy.place(in: honest + [honest[index]], under: ledger) == nil)
    }
    let foreign = try parties.place(RelationshipID(random: SeededRandom(seed: 6)))
    #expect(
      GroupContextPolicy.place(
        in: GroupContextPolicy.extensions(ConsentExtension(ledger), foreign), under: ledger) == nil)
  }
}
