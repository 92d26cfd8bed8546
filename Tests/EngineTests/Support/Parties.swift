// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
@testable import Engine
import MLS
import MLSTesting
import Primitives
import RelayProtocol
import Testing
import WireFormat

/// A therapist, a client and a supervisor without stores or relays, for what has to be forged by hand.
struct Parties {
  let therapist: Party
  let client: Party
  let supervisor: Party
  let relationship = RelationshipID(random: SeededRandom(seed: 5))
  let terms: Terms
  let relay = Array("http://127.0.0.1:8080".utf8)
  let channel = [UInt8](repeating: 7, count: 32)

  init() throws {
    therapist = try Party(.therapist, seed: 1)
    client = try Party(.client, seed: 2)
    supervisor = try Party(.therapist, seed: 3)
    terms =
      FormTemplate(
        language: .english,
        practice: Terms.Practice(
          name: "Dr. Ines Albrecht", profession: "psychotherapist", licence: "1",
          jurisdiction: "Berlin", contact: "-", howToCheck: "-"),
        scopes: [.text, .voice, .supervision],
        supervisor: Terms.Person(name: "Prof. Weiß", identity: supervisor.device.identity),
        validFrom: ConsentTime(clamping: Party.start),
        validUntil: ConsentTime(clamping: Party.start).adding(days: 200)
      ).terms
  }

  func founding() throws -> UnverifiedLine {
    try LineAuthor(therapist.device).found(
      relationship, terms: terms, clock: ConsentTime(clamping: Party.start),
      signing: therapist.key)
  }

  func grant(_ package: OwnKeyPackage, until: ConsentTime? = nil) -> LineBody {
    .grant(
      Grant(
        answers: [.text: true, .voice: true, .supervision: true], name: "Mara",
        validUntil: until ?? terms.validUntil, formHash: terms.form.hash,
        keyPackage: package.reference.bytes))
  }

  /// Terms, grant and acknowledgement, supervision among what is agreed.
  func ledger(_ package: OwnKeyPackage) throws -> Ledger {
    var ledger = try Ledger(founding: try founding())
    try ledger.append(try client.line(grant(package), upon: ledger))
    try ledger.append(try therapist.line(.acknowledge(ledger.last.hash), upon: ledger))
    return ledger
  }

  func place(_ relationship: RelationshipID? = nil) throws -> ChannelExtension {
    try #require(
      ChannelExtension(
        relay: relay, channel: channel, relationship: relationship ?? self.relationship))
  }

  static let acceptAll = Validation(
    credentials: AcceptAll(), now: UInt64(Party.start), receivedLifetimes: .ignore)

  /// A group as `founder` makes it, with whom it adds, and after how many commits to itself.
  func found(
    by founder: Party, adding packages: [OwnKeyPackage], under ledger: Ledger,
    at place: ChannelExtension? = nil, commitsBefore: Int = 0
  ) throws -> (group: Group, welcome: [UInt8]) {
    let random = founder.random
    var group = try Group(
      creating: GroupID(random.bytes(32)), suite: Party.suite,
      as: try founder.leaf(relationship).parameters,
      extensions: GroupContextPolicy.extensions(
        ConsentExtension(ledger), try place ?? self.place()),
      validation: Self.acceptAll, random: random)
    for _ in 0..<commitsBefore {
      group = try group.commit([], validation: Self.acceptAll, random: random).next
    }
    let pending = try group.commit(
      packages.map { .add($0.keyPackage) }, validation: Self.acceptAll, random: random)
    return (pending.next, try #require(pending.welcome).wireBytes)
  }

  func join(_ welcome: [UInt8], _ package: OwnKeyPackage, _ ledger: Ledger) throws
    -> MemberGroup.Joined
  {
    try MemberGroup.join(
      welcome, package, suite: Party.suite, ledger: ledger, relay: relay, now: Party.start
    ) { _ in false }
  }
}
