// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// A therapist and a client over one relay in memory.
struct Practice {
  let relay: MemoryRelay
  let clock = TestClock()
  let ines: Someone
  let mara: Someone
  let maraName = LocalName("mara")!
  let inesName = LocalName("albrecht")!

  init(seed: UInt64 = 1, postage: MemoryPostage? = nil) throws {
    relay = MemoryRelay(random: SeededRandom(seed: seed), postage: postage)
    ines = try Someone(.therapist, relay, clock, seed: seed &* 2 &+ 10)
    mara = try Someone(.client, relay, clock, seed: seed &* 2 &+ 11)
  }

  /// A practice whose two people are connected and agree on text and questionnaires.
  static func connected(seed: UInt64 = 1) async throws -> Practice {
    let practice = try Practice(seed: seed)
    try await practice.invite()
    try await practice.settle()
    return practice
  }

  func invite(
    answers: [Scope: Bool] = [.text: true, .voice: false, .questionnaires: true]
  ) async throws {
    let invitation = try await ines.alcove.invite(maraName)
    let offer = try await mara.alcove.inspectInvitation(try InvitationLink(invitation.link.text))
    let accepted = try await mara.alcove.accept(
      offer, Acceptance(answers: answers, signedAs: "M."))
    #expect(accepted.name == inesName)
    #expect(accepted.obstacle == nil || accepted.obstacle?.code == .crashed)
  }

  /// Syncs in turn until nothing moves any more.
  func settle(_ location: SourceLocation = #_sourceLocation) async throws {
    for _ in 0..<3 {
      try await ines.sync(location)
      try await mara.sync(location)
    }
  }

  /// The intakes of the therapist's invitations that are under way.
  var intakes: Set<ChannelID> {
    let alcove = ines.alcove
    let secrets = try? alcove.store.read(alcove.keys()) { tx in
      try alcove.invitations(in: tx).map { try IntakeSecrets($0.value.secret) }
    }
    return Set((secrets ?? []).map(\.channel)).intersection(relay.channels)
  }

  /// What must be equal for both whenever all is read: epoch, position, chain, ledger, group.
  func expectAgreement(_ location: SourceLocation = #_sourceLocation) throws {
    let one = try ines.alcove.look(try ines.alcove.owner(of: maraName)) { room in
      (room.channel.epoch, room.channel.read, room.ledger.head, try room.group().authenticator)
    }
    let other = try mara.alcove.look(try mara.alcove.owner(of: inesName)) { room in
      (room.channel.epoch, room.channel.read, room.ledger.head, try room.group().authenticator)
    }
    #expect(one.0 == other.0, sourceLocation: location)
    #expect(one.1 == other.1, sourceLocation: location)
    #expect(one.2 == other.2, sourceLocation: location)
    #expect(one.3.equals(other.3), sourceLocation: location)
  }
}
