// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
@testable import Engine
import EnvelopeStore
import MLS
import Primitives
import Testing
import WireFormat

/// Answers whose parts hold each by itself, and are not all of one person.
@Suite struct ForgedAnswerTests {
  private let parties: Parties
  private let expires = Party.start + 7 * 86_400

  init() throws { parties = try Parties() }

  /// The answer of `grantor`, whose leaf is `leaf`'s and whose certificate `shown`'s.
  private func check(
    grantor: Party, leaf: Party, shown: Party, named: OwnKeyPackage? = nil,
    signedAt: Int64 = Party.start,
    until: ConsentTime? = nil, now: Int64 = Party.start
  ) throws -> CheckedAnswer {
    let oneTime = try SealedAnswer.suite.generateKeyPair(from: SeededRandom(seed: 9))
    let terms = try parties.founding()
    let offer = OfferBody(
      suite: Party.suite.number.rawValue, expires: expires, key: oneTime.publicKey,
      terms: terms.bytes
    ).wireBytes
    let package = try leaf.package(parties.relationship)
    let grant = try grantor.line(
      parties.grant(named ?? package, until: until), upon: try Ledger(founding: terms), at: signedAt
    )
    let body = AnswerBody(
      certificate: shown.device.certificate.wireBytes, sealedIdentity: [],
      keyPackage: package.keyPackage.wireBytes, grant: grant.bytes)
    let invitation = InvitationRecord(
      stage: .open, name: "mara", owner: RecordOwner(random: SeededRandom(seed: 4)),
      relay: parties.relay, secret: SharedSecret(zeros: 16), created: Party.start,
      expires: expires, offer: offer, posts: [], turn: SharedSecret(zeros: 32),
      key: oneTime.privateKey.secret, answer: [])
    return try CheckedAnswer(
      try SealedAnswer(body, to: oneTime.publicKey, offer: offer), invitation, now: now)
  }

  private func expectRefused(
    grantor: Party? = nil, leaf: Party? = nil, shown: Party? = nil,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let client = parties.client
    #expect(throws: EngineError(.offerInvalid), sourceLocation: location) {
      try check(grantor: grantor ?? client, leaf: leaf ?? client, shown: shown ?? client)
    }
  }

  @Test func `an answer of one person is taken`() throws {
    let client = parties.client
    let checked = try check(grantor: client, leaf: client, shown: client)
    #expect(checked.device == client.device)
    #expect(checked.ledger.length == 2)
  }

  @Test func `a second device of the same person does not answer with the first one's grant`()
    throws
  {
    let second = try Party(.client, seed: 2, keySeed: 20, serial: 2)
    #expect(second.device.identity == parties.client.device.identity)
    expectRefused(leaf: second, shown: second)
    expectRefused(leaf: second)
    expectRefused(grantor: second)
    expectRefused(shown: second)
  }

  @Test func `a grant names the key package that comes with it`() throws {
    let client = parties.client
    let other = try client.package(parties.relationship)
    #expect(throws: EngineError(.offerInvalid)) {
      try check(grantor: client, leaf: client, shown: client, named: other)
    }
  }

  @Test func `another identity that certifies the same key does not answer`() throws {
    let other = try Party(.client, seed: 4, keySeed: 2)
    #expect(other.device.device == parties.client.device.device)
    expectRefused(leaf: other, shown: other)
    expectRefused(leaf: other)
    expectRefused(shown: other)
  }

  @Test func `the same key certified for a therapist does not answer`() throws {
    let other = try Party(.therapist, seed: 2)
    #expect(other.device.identity == parties.client.device.identity)
    #expect(other.device.device == parties.client.device.device)
    expectRefused(leaf: other, shown: other)
  }

  @Test func `a grant that is over, or was signed after the invitation's end, is none`() throws {
    let client = parties.client
    func check(signedAt: Int64 = Party.start, until: Int64? = nil, now: Int64) throws {
      _ = try self.check(
        grantor: client, leaf: client, shown: client, signedAt: signedAt,
        until: until.map { ConsentTime(clamping: $0) }, now: now)
    }
    let end = Party.start + 86_400
    try check(until: end, now: end - 1)
    for now in [end, end + 1] {
      #expect(throws: EngineError(.offerInvalid)) { try check(until: end, now: now) }
    }
    try check(signedAt: expires + 600, now: expires)
    #expect(throws: EngineError(.offerInvalid)) {
      try check(signedAt: expires + 601, now: expires)
    }
  }
}
