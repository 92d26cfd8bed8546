// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import RelayLog
import RelayProtocol
import Testing

/// A relay that keeps the bodies of messages for some days only.
@Suite struct ExpiryTests {
  @Test func `an own message that expired before it was read back has landed all the same`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    let id = try mara.alcove.look(try mara.alcove.owner(of: practice.inesName)) { $0.channel.id }
    _ = try await ines.alcove.send("before it", to: practice.maraName)
    // The relay takes hers, and she does not learn it before it has gone.
    mara.network.fail { $0 == .append ? .loseAnswer : .none }
    _ = try await mara.alcove.send("accepted", to: practice.inesName)
    mara.network.heal()
    try await ines.sync()
    relay.expire(id, through: relay.entries(of: id).count)
    let report = try await mara.sync()
    #expect(
      report.events.contains { if case .delivered = $0 { true } else { false } })
    #expect(try mara.alcove.outbox().messages.isEmpty)
    _ = try await mara.alcove.send("after it", to: practice.inesName)
    try await practice.settle()
    try practice.expectAgreement()
    #expect(try ines.texts(practice.maraName) == ["before it", "accepted", "after it"])
    #expect(
      try mara.texts(practice.inesName) == ["before it", "accepted", "after it"])
  }

  @Test func `what others wrote and has expired is counted, and told`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    let id = try mara.alcove.look(try mara.alcove.owner(of: practice.inesName)) { $0.channel.id }
    for text in ["one", "two"] { _ = try await ines.alcove.send(text, to: practice.maraName) }
    relay.expire(id, through: relay.entries(of: id).count)
    let report = try await mara.sync()
    let counted = report.events.reduce(UInt64(0)) { sum, event in
      if case .notice(_, .expired(let count)) = event { sum + count } else { sum }
    }
    #expect(counted == 2)
    try await practice.settle()
    try practice.expectAgreement()
  }

  @Test func `an answer behind an offer whose body has gone is found`() async throws {
    let practice = try Practice()
    let (ines, mara, relay) = (practice.ines, practice.mara, practice.relay)
    let link = try await ines.alcove.invite(practice.maraName).link
    let offer = try await mara.alcove.inspectInvitation(link)
    relay.expire(try IntakeSecrets(link.secret).channel, through: 1)
    _ = try await mara.alcove.accept(offer, Acceptance(answers: [.text: true], signedAs: "M."))
    try await practice.settle()
    try practice.expectAgreement()
  }
}
