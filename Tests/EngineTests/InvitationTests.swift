// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import MLS
import MLSTesting
import Primitives
import RelayLog
import RelayProtocol
import Testing
import WireFormat

@Suite struct InvitationTests {
  @Test func `a link reads back, and one cut short anywhere is known as such`() async throws {
    let practice = try Practice()
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    #expect(try InvitationLink(link.text) == link)
    #expect(!"\(link)".contains(Base64URL.encode(link.secret.exposedBytes())))
    for count in 1..<link.text.count {
      #expect(throws: EngineError(.linkTruncated), "\(count)") {
        try InvitationLink(String(link.text.prefix(count)))
      }
    }
    let rest = link.text.dropFirst("alcove:#1".count)
    #expect(throws: EngineError(.linkForeignVersion)) { try InvitationLink("alcove:#2\(rest)") }
    #expect(throws: EngineError(.linkMalformed)) { try InvitationLink(link.text + "A") }
    #expect(throws: EngineError(.linkMalformed)) { try InvitationLink("https://example.org") }
  }

  @Test func `no two links have anything in common but the relay`() async throws {
    let practice = try Practice()
    let one = try await practice.ines.alcove.invite(practice.maraName).link
    let other = try await practice.ines.alcove.invite(LocalName("jonas")!).link
    #expect(!one.secret.equals(other.secret))
    #expect(one.offerHash != other.offerHash)
    let again = try await practice.ines.alcove.invite(practice.maraName).link
    #expect(again == one)
  }

  @Test func `an expired invitation is refused on both sides`() async throws {
    let practice = try Practice()
    let link = try await practice.ines.alcove.invite(practice.maraName, expiresIn: 3_600).link
    practice.clock.advance(3_601)
    await #expect(throws: EngineError(.invitationExpired)) {
      try await practice.mara.alcove.inspectInvitation(link)
    }
    try await practice.ines.sync()
    #expect(try practice.ines.alcove.person(practice.maraName).trouble?.code == .invitationExpired)
    await #expect(throws: EngineError(.invitationGone)) {
      try await practice.mara.alcove.inspectInvitation(link)
    }
  }

  @Test func `two answers burn the invitation, before and after the founding`() async throws {
    for foundedFirst in [false, true] {
      let practice = try Practice()
      let thief = try Someone(.client, practice.relay, practice.clock, seed: 77)
      let link = try await practice.ines.alcove.invite(practice.maraName).link
      let offer = try await practice.mara.alcove.inspectInvitation(link)
      let stolen = try await thief.alcove.inspectInvitation(link)
      let answer = Acceptance(answers: [.text: true], signedAs: "M.")
      _ = try await practice.mara.alcove.accept(offer, answer)
      if foundedFirst { try await practice.ines.sync() }
      // The thief has fetched the offer before, and answers now by force.
      try await thief.postAnswer(to: stolen, answer)
      let report = try await practice.ines.alcove.sync()
      let told = report.events.contains {
        switch $0 {
        case .invitationClosed(_, let error), .stopped(_, let error):
          error.code == .invitationBurnt
        default: false
        }
      }
      #expect(told, "\(foundedFirst)")
      #expect(try practice.ines.alcove.people().map(\.state) == [foundedFirst ? .stopped : .void])
      // The name is free again.
      #expect(try await practice.ines.alcove.invite(practice.maraName).link != link)
    }
  }

  @Test func `an open invitation is shown again only for what it offers`() async throws {
    let practice = try Practice()
    let ines = practice.ines.alcove
    let terms = try ines.standardTerms()
    let first = try await ines.invite(practice.maraName, expiresIn: 86_400, terms: terms)
    practice.clock.advance(100)
    // The same again, dated anew; and without anything said.
    let later = try ines.standardTerms()
    #expect(
      try await ines.invite(practice.maraName, expiresIn: 86_400, terms: later).link == first.link)
    #expect(try await ines.invite(practice.maraName).link == first.link)
    var other = later
    other.scopes.removeLast()
    var longer = later
    longer.validUntil = longer.validUntil.adding(days: 1)
    for changed in [other, longer] {
      await #expect(throws: EngineError(.invitationOpen, about: "mara")) {
        try await ines.invite(practice.maraName, terms: changed)
      }
    }
    await #expect(throws: EngineError(.invitationOpen, about: "mara")) {
      try await ines.invite(practice.maraName, expiresIn: 7_200)
    }
    // Once its time has passed the name is free, without a sync in between.
    practice.clock.advance(86_400)
    let second = try await ines.invite(practice.maraName, terms: other)
    #expect(second.link != first.link)
  }

  @Test func `an invitation that two people answered is not replaced in silence`() async throws {
    let practice = try Practice()
    let ines = practice.ines.alcove
    let thief = try Someone(.client, practice.relay, practice.clock, seed: 77)
    let link = try await ines.invite(practice.maraName).link
    let stolen = try await thief.alcove.inspectInvitation(link)
    let answer = Acceptance(answers: [.text: true], signedAs: "M.")
    let offer = try await practice.mara.alcove.inspectInvitation(link)
    _ = try await practice.mara.alcove.accept(offer, answer)
    try await thief.postAnswer(to: stolen, answer)
    practice.clock.advance(8 * 86_400)
    await #expect(throws: EngineError(.invitationBurnt, about: "mara")) {
      try await ines.invite(practice.maraName)
    }
    #expect(try await ines.invite(practice.maraName).link != link)
  }

  @Test func `an answer that came in time is not lost to a new invitation`() async throws {
    let practice = try Practice()
    try await practice.invite()
    practice.clock.advance(8 * 86_400)
    await #expect(throws: EngineError(.nameTaken, about: "mara")) {
      try await practice.ines.alcove.invite(practice.maraName)
    }
    try await practice.settle()
    try practice.expectAgreement()
  }

  @Test func `an answered invitation tells the second reader`() async throws {
    let practice = try Practice()
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    let offer = try await practice.mara.alcove.inspectInvitation(link)
    _ = try await practice.mara.alcove.accept(
      offer, Acceptance(answers: [.text: true], signedAs: "M."))
    // Whoever answered is told so, and not that somebody did.
    await #expect(throws: EngineError(.notYetConnected, about: "albrecht")) {
      try await practice.mara.alcove.inspectInvitation(link)
    }
    let thief = try Someone(.client, practice.relay, practice.clock, seed: 78)
    await #expect(throws: EngineError(.invitationAnswered)) {
      try await thief.alcove.inspectInvitation(link)
    }
  }

  @Test func `a tampered offer is refused`() async throws {
    let practice = try Practice()
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    practice.mara.network.lie { answer in
      ReadAnswer(
        frames: answer.frames.map { frame in
          guard let entry = frame.entry else { return frame }
          var bytes = entry.envelope
          bytes[100] ^= 1
          return Frame(
            .envelope(
              EnvelopeEntry(
                position: entry.position, id: entry.id, named: entry.named, chain: entry.chain,
                envelope: bytes)))
        }, incarnation: answer.incarnation)
    }
    await #expect(throws: EngineError(.offerAltered)) {
      try await practice.mara.alcove.inspectInvitation(link)
    }
  }

  @Test(arguments: ["grant", "certificate", "key package", "another offer"])
  func `an answer with a tampered part founds nothing`(part: String) async throws {
    let practice = try Practice()
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    let offer = try await practice.mara.alcove.inspectInvitation(link)
    try await practice.mara.postAnswer(
      to: offer, Acceptance(answers: [.text: true], signedAs: "M.")
    ) { body in
      switch part {
      case "grant": body.grant[body.grant.count - 5] ^= 1
      case "certificate": body.certificate[80] ^= 1
      case "key package": body.keyPackage[body.keyPackage.count - 5] ^= 1
      default: break
      }
    } boundTo: {
      part == "another offer" ? $0 + [0] : $0
    }
    let report = try await practice.ines.alcove.sync()
    let closed = report.events.contains {
      if case .invitationClosed(_, let error) = $0 { error.code == .offerInvalid } else { false }
    }
    #expect(closed)
    #expect(try practice.ines.alcove.person(practice.maraName).state == .void)
  }

  @Test func `an offer whose one-time key is malformed is refused before anything is sealed`()
    async throws
  {
    let practice = try Practice()
    practice.ines.network.fail(.unreachable)
    _ = try? await practice.ines.alcove.invite(practice.maraName)
    practice.ines.network.heal()
    let ines = practice.ines.alcove
    try ines.store.transaction(ines.keys()) { tx in
      let (key, old) = try #require(try ines.invitations(in: tx).first)
      var body = try OfferBody(wireBytes: old.offer)
      // Coefficients above the modulus: the library takes the key and fails when sealing to it.
      body.key.replaceSubrange(0..<3, with: [0xff, 0xff, 0xff])
      let offer = body.wireBytes
      let forged = InvitationRecord(
        stage: .open, name: old.name, owner: old.owner, relay: old.relay, secret: old.secret,
        created: old.created, expires: old.expires, offer: offer,
        posts: [try ines.seal(.offer(offer), try IntakeSecrets(old.secret))], turn: old.turn,
        key: old.key, answer: [])
      try tx.put(forged, .invitation, ines.profileOwner, key)
    }
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    await #expect(throws: EngineError(.offerInvalid)) {
      try await practice.mara.alcove.inspectInvitation(link)
    }
  }

  @Test(arguments: ["nothing", "third leaf", "extension", "head", "relay", "line"])
  func `a welcome in which something is not as agreed lets nobody in`(changed: String) async throws
  {
    let practice = try Practice()
    try await practice.invite()
    let ines = practice.ines.alcove
    let record = try ines.store.read(ines.keys()) { tx in
      try #require(try ines.invitations(in: tx).first?.value)
    }
    let secrets = try IntakeSecrets(record.secret)
    let connection = try practice.ines.network.connection(to: RelayAddress(stored: record.relay))
    let log = try #require(try await ines.readIntake(secrets, connection))
    let now = practice.clock.now()
    let checked = try CheckedAnswer(log.answers[0], record, now: now)
    var ledger = checked.ledger
    let line = try ines.sign(
      .acknowledge(ledger.last.hash), upon: ledger, void: [], owner: record.owner, now: now)
    try ledger.append(line)
    let elsewhere = try RelayAddress("http://localhost:9").stored
    let place = try #require(
      ChannelExtension(
        relay: changed == "relay" ? elsewhere : record.relay, channel: ines.random.bytes(32),
        relationship: ledger.relationship))
    var extensions = GroupContextPolicy.extensions(
      ConsentExtension(changed == "head" ? checked.ledger : ledger), place)
    if changed == "extension" { extensions.removeLast() }
    func leaf() throws -> FreshLeaf {
      try ines.freshLeaf(
        suite: checked.suite, relationship: ledger.relationship.bytes, owner: record.owner)
    }
    let validation = Validation(
      credentials: AcceptAll(), now: UInt64(now), receivedLifetimes: .ignore)
    var group = try Group(
      creating: GroupID(ines.random.bytes(32)), suite: checked.suite, as: leaf().parameters,
      extensions: extensions, validation: validation, random: ines.random)
    var proposals = [Proposal.add(checked.keyPackage)]
    if changed == "third leaf" {
      let third = try leaf().parameters
      let package = try OwnKeyPackage(
        signatureKey: third.signatureKey, credential: third.credential,
        capabilities: third.capabilities,
        lifetime: Lifetime(notBefore: UInt64(now), notAfter: UInt64(now + 1_000)),
        random: ines.random)
      proposals.append(.add(package.keyPackage))
    }
    let pending = try group.commit(proposals, validation: validation, random: ines.random)
    var bytes = line.bytes
    if changed == "line" { bytes[bytes.count - 4] = bytes[bytes.count - 4] == 65 ? 66 : 65 }
    let welcome = IntakeWelcome(line: bytes, welcome: try #require(pending.welcome).wireBytes)
    let post = try ines.seal(.welcome(welcome), secrets)
    _ = try await connection.append(
      Append(
        channel: secrets.channel, token: secrets.access, id: post.id, envelope: post.sealed))

    let report = try await practice.mara.alcove.sync()
    let state = try practice.mara.alcove.person(practice.inesName).state
    if changed == "nothing" {
      #expect(state == .connected)
    } else {
      #expect(report.obstacles.map(\.error.code) == [.offerInvalid])
      #expect(state == .answered)
    }
  }

  @Test func `roles and answers are held against the offer`() async throws {
    let practice = try Practice()
    await #expect(throws: EngineError(.wrongRole, about: "albrecht")) {
      try await practice.mara.alcove.invite(practice.inesName)
    }
    let link = try await practice.ines.alcove.invite(practice.maraName).link
    let offer = try await practice.mara.alcove.inspectInvitation(link)
    await #expect(throws: EngineError(.scopeNotOffered)) {
      try await practice.mara.alcove.accept(
        offer, Acceptance(answers: [.research: true], signedAs: "M."))
    }
    await #expect(throws: EngineError(.answersMissing)) {
      try await practice.mara.alcove.accept(
        offer, Acceptance(answers: [.text: false], signedAs: "M."))
    }
  }
}

extension Someone {
  /// Signs the answer that waits here anew, with another end.
  func extendAnswer(to offer: Offer, until: ConsentTime, ahead: Int64 = 0) throws {
    let alcove = alcove
    try alcove.store.transaction(alcove.keys()) { tx in
      guard case (let key, var record)? = try alcove.invitations(in: tx).first else { return }
      let terms = try OfferBody(wireBytes: offer.bytes)
      var body = try AnswerBody(wireBytes: record.answer)
      guard case .grant(var grant) = try UnverifiedLine(body.grant).body else { return }
      grant.validUntil = until
      body.grant = try alcove.sign(
        .grant(grant), upon: Ledger(founding: UnverifiedLine(terms.terms)), void: [],
        owner: record.owner, now: clock.now() + ahead
      ).bytes
      record.answer = body.wireBytes
      let sealed = try SealedAnswer(body, to: terms.key, offer: offer.bytes)
      record.posts = [try alcove.seal(.answer(sealed), IntakeSecrets(offer.link.secret))]
      try tx.put(record, .invitation, alcove.profileOwner, key)
    }
  }

  /// Answers an offer with parts changed, as a forger would, whatever the intake holds.
  func postAnswer(
    to offer: Offer, _ acceptance: Acceptance,
    changing change: (inout AnswerBody) -> Void = { _ in },
    boundTo bind: ([UInt8]) -> [UInt8] = { $0 }
  ) async throws {
    network.fail(.unreachable)
    _ = try await alcove.accept(offer, acceptance)
    network.heal()
    let record = try alcove.store.read(alcove.keys()) { tx in
      try #require(try alcove.invitations(in: tx).first?.value)
    }
    var body = try AnswerBody(wireBytes: record.answer)
    change(&body)
    let key = try OfferBody(wireBytes: offer.bytes).key
    let sealed = try SealedAnswer(body, to: key, offer: bind(offer.bytes))
    let secrets = try IntakeSecrets(offer.link.secret)
    let post = try alcove.seal(.answer(sealed), secrets)
    _ = try await network.connection(to: offer.link.relay).append(
      Append(
        channel: secrets.channel, token: secrets.access, id: post.id, envelope: post.sealed))
  }
}
