// SPDX-License-Identifier: Apache-2.0

import Certificates
import Primitives
import Testing

@testable import Consent

@Suite struct LedgerTests {
  let story = Story()

  @Test func `the three lines of an invitation put consent in force`() throws {
    let ledger = try story.inForce()
    #expect(ledger.length == 3)
    #expect(ledger.relationship == story.relationship)
    #expect(ledger.state.phase(at: Story.start) == .inForce)
    #expect(ledger.state.permits(.text, at: Story.start, by: .therapist) == .allowed)
    #expect(ledger.lines.map(\.author.role) == [.therapist, .client, .therapist])
    #expect(ledger.lines.map { $0.line.certificate != nil } == [true, true, false])
  }

  @Test func `the head is the chain of DESIGN section 8`() throws {
    let ledger = try story.inForce()
    var head = [UInt8](repeating: 0, count: 32)
    for (index, line) in ledger.lines.enumerated() {
      head = Digest.sha256(
        Array("Alcove 1.0 consent".utf8) + head + Digest.sha256(line.bytes))
      #expect(line.head.bytes == head)
      #expect(ledger.line(at: line.head)?.index == index)
    }
    #expect(ledger.head.bytes == head)
    #expect(ConsentExtension(ledger) == ConsentExtension(length: 3, head: ledger.head))
  }

  @Test func `a ledger read again from its lines is the same, with or without signatures`() throws {
    let ledger = try story.whole()
    let lines = ledger.lines.map(\.bytes)
    for again in [try Ledger(lines), try Ledger(trustingSignaturesOf: lines)] {
      #expect(again.head == ledger.head)
      #expect(again.state == ledger.state)
      #expect(again.members == ledger.members)
      #expect(again.lines.map(\.author) == ledger.lines.map(\.author))
    }
  }

  @Test func `a ledger begins with terms that carry a certificate and saw nothing`() throws {
    let line = try story.foundingLine()
    var payload = line.payload
    payload.seen = ConsentHead.empty
    let seen = try Forge.line(payload, story.desk)
    #expect(throws: ConsentError.rule(.foundingLine)) { try Ledger(founding: seen) }
    payload = line.payload
    payload.certificate = nil
    let bare = try Forge.line(payload, story.desk)
    #expect(throws: ConsentError.rule(.foundingLine)) { try Ledger(founding: bare) }
    payload = line.payload
    payload.void = [lineHash(1)]
    let void = try Forge.line(payload, story.desk)
    #expect(throws: ConsentError.rule(.foundingLine)) { try Ledger(founding: void) }
    payload = line.payload
    payload.body = .end
    let end = try Forge.line(payload, story.desk)
    #expect(throws: ConsentError.rule(.foundingLine)) { try Ledger(founding: end) }
    #expect(throws: ConsentError.rule(.foundingLine)) { try Ledger([]) }
    let other = try Forge.line(line.payload, story.phone)
    #expect(throws: ConsentError.signature) { try Ledger(founding: other) }
  }

  // MARK: A forged line for every rule

  func expectRefused(
    _ ledger: Ledger, _ line: UnverifiedLine, _ error: ConsentError,
    _ location: SourceLocation = #_sourceLocation
  ) {
    var changed = ledger
    #expect(throws: error, sourceLocation: location) { try changed.append(line) }
    #expect(changed.head == ledger.head, sourceLocation: location)
    #expect(changed.length == ledger.length, sourceLocation: location)
  }

  @Test func `a line of another relationship is refused`() throws {
    let ledger = try story.inForce()
    var payload = Forge.payload(.withdraw(.everything), upon: ledger, by: story.phone)
    payload.relationship = RelationshipID(random: SeededRandom(seed: 99))
    expectRefused(ledger, try Forge.line(payload, story.phone), .rule(.relationship))
  }

  @Test func `the same line twice is refused, a withdrawal too`() throws {
    var ledger = try story.inForce()
    let line = try story.phone.line(
      .withdraw(.scopes([.voice])), upon: ledger, clock: Story.start)
    try ledger.append(line)
    expectRefused(ledger, line, .rule(.repeated))
  }

  @Test func `a line without seen is refused after line 0`() throws {
    let ledger = try story.inForce()
    for body in [LineBody.withdraw(.everything), .end] {
      var payload = Forge.payload(body, upon: ledger, by: story.phone)
      payload.seen = nil
      expectRefused(ledger, try Forge.line(payload, story.phone), .rule(.seenMissing))
    }
  }

  @Test(arguments: LinePayloadTests.bodies)
  func `a line signed upon another head is dead, unless it withdraws`(_ body: LineBody) throws {
    let before = try story.inForce()
    let device = [.terms, .acknowledge].contains(body.kind) ? story.desk : story.phone
    let late = try device.line(body, upon: before, clock: Story.start.adding(days: 1))
    let after = try before.appending(
      try story.phone.line(
        .amend(Amendment(changes: [.supervision: true])), upon: before, clock: Story.start))
    if body.kind == .withdraw {
      #expect(try after.appending(late).length == 5)
    } else {
      expectRefused(after, late, .rule(.dead))
    }
  }

  @Test func `a withdrawal is valid wherever it lands, whoever carries it`() throws {
    let before = try story.inForce()
    let withdrawal = try story.phone.line(
      .withdraw(.everything), upon: before, clock: Story.start.adding(seconds: 130))
    var ledger = before
    for clock in 1...3 {
      let amend = try story.phone.line(
        .amend(Amendment(changes: [.supervision: true])), upon: ledger,
        clock: Story.start.adding(days: Int64(clock)))
      ledger = try ledger.appending(amend)
      let ended = try ledger.appending(withdrawal)
      #expect(ended.state.phase(at: Story.start) == .ended)
      ledger = try ledger.appending(
        try story.desk.line(.acknowledge(amend.hash), upon: ledger, clock: Story.start))
      #expect(try ledger.appending(withdrawal).state.phase(at: Story.start) == .ended)
    }
    // Also upon a head that this ledger never had, and after the end.
    var payload = Forge.payload(.withdraw(.everything), upon: ledger, by: story.phone)
    payload.seen = ConsentHead([UInt8](repeating: 7, count: 32))
    let elsewhere = try Forge.line(payload, story.phone)
    #expect(try ledger.appending(elsewhere).appending(withdrawal).length == ledger.length + 2)
  }

  @Test func `a line dated before the one it follows is refused, a withdrawal is not`() throws {
    let ledger = try story.inForce()
    var payload = Forge.payload(.end, upon: ledger, by: story.phone)
    payload.time = ledger.last.time.adding(seconds: -1)
    expectRefused(ledger, try Forge.line(payload, story.phone), .rule(.time))
    payload.body = .withdraw(.everything)
    #expect(try ledger.appending(try Forge.line(payload, story.phone)).length == 4)
  }

  @Test func `an author dates a line no earlier than the one it saw`() throws {
    let ledger = try story.inForce()
    let line = try story.phone.line(.end, upon: ledger, clock: .earliest)
    #expect(line.time == ledger.last.time)
    let later = try story.phone.line(.end, upon: ledger, clock: ledger.last.time.adding(days: 1))
    #expect(later.time == ledger.last.time.adding(days: 1))
  }

  @Test func `a key that nothing introduces cannot sign`() throws {
    let ledger = try story.inForce()
    let tablet = story.client.device(serial: 2)
    var payload = Forge.payload(.withdraw(.everything), upon: ledger, by: tablet)
    payload.certificate = nil
    expectRefused(ledger, try Forge.line(payload, tablet), .rule(.unknownKey))
  }

  @Test func `a certificate must be for the key that signs`() throws {
    let ledger = try story.inForce()
    let tablet = story.client.device(serial: 2)
    let other = story.client.device(serial: 3)
    var payload = Forge.payload(.end, upon: ledger, by: tablet)
    payload.certificate = other.certificate
    expectRefused(ledger, try Forge.line(payload, tablet), .rule(.certificateForAnotherKey))
  }

  @Test func `a tampered certificate is refused, at every byte`() throws {
    let ledger = try story.inForce()
    let tablet = story.client.device(serial: 2)
    for index in tablet.certificate.indices {
      var payload = Forge.payload(.end, upon: ledger, by: tablet)
      payload.certificate?[index] ^= 1
      let line = try Forge.line(payload, tablet)
      #expect(throws: ConsentError.self) { try ledger.appending(line) }
    }
  }

  @Test func `a known key gives its certificate once, but for a withdrawal`() throws {
    let ledger = try story.inForce()
    var payload = Forge.payload(.end, upon: ledger, by: story.phone)
    payload.certificate = story.phone.certificate
    expectRefused(ledger, try Forge.line(payload, story.phone), .rule(.certificateRepeated))
    payload.body = .withdraw(.everything)
    #expect(try ledger.appending(try Forge.line(payload, story.phone)).length == 4)
  }

  @Test func `a line signed by another key than it names is refused`() throws {
    let ledger = try story.inForce()
    let payload = Forge.payload(.withdraw(.everything), upon: ledger, by: story.phone)
    let bytes = Forge.jws(Forge.header(story.phone), payload.bytes, story.desk)
    expectRefused(ledger, try UnverifiedLine(bytes), .signature)
  }

  @Test func `a newer device ends the older one, for a withdrawal too`() throws {
    var ledger = try story.inForce()
    let tablet = story.client.device(serial: 2)
    try ledger.append(
      try tablet.line(
        .amend(Amendment(changes: [.voice: false])), upon: ledger, clock: Story.start))
    for body in [LineBody.end, .withdraw(.everything)] {
      let line = try story.phone.line(body, upon: ledger, clock: Story.start)
      expectRefused(ledger, line, .rule(.serial))
    }
    let twin = story.client.device(serial: 2)
    expectRefused(
      ledger, try twin.line(.end, upon: ledger, clock: Story.start), .rule(.serial))
    let lower = story.client.device(serial: 1)
    expectRefused(
      ledger, try lower.line(.end, upon: ledger, clock: Story.start), .rule(.serial))
    #expect(ledger.highestSerial(of: tablet.identity) == DeviceSerial(2))
    #expect(ledger.members.last?.lowestSerial == DeviceSerial(2))
    #expect(
      try ledger.appending(
        try tablet.line(.end, upon: ledger, clock: Story.start)
      ).length == 5)
  }

  @Test func `nobody but therapist and client signs, each only what is theirs`() throws {
    let ledger = try story.inForce()
    let stranger = TestIdentity(50, .client).device()
    let supervisor = Story.supervisor.device()
    for device in [stranger, supervisor] {
      for body in [LineBody.end, .withdraw(.everything), .grant(Story.grant())] {
        let line = try device.line(body, upon: ledger, clock: Story.start)
        expectRefused(ledger, line, .rule(.author))
      }
    }
    for body in LinePayloadTests.bodies where body.kind != .end {
      let theirs: TestDevice =
        [.terms, .acknowledge].contains(body.kind) ? story.phone : story.desk
      let line = try theirs.line(body, upon: ledger, clock: Story.start)
      expectRefused(ledger, line, .rule(.author))
    }
  }

  @Test func `before the first grant nobody is the client, and the therapist cannot be`() throws {
    let ledger = try story.offered()
    let withdrawal = try story.phone.line(
      .withdraw(.everything), upon: ledger, clock: Story.start)
    expectRefused(ledger, withdrawal, .rule(.author))
    let own = try story.desk.line(.grant(Story.grant()), upon: ledger, clock: Story.start)
    expectRefused(ledger, own, .rule(.author))
  }

  @Test func `a certificate is for one side, and one key cannot stand on both`() throws {
    let identity = TestIdentity(1, .client)
    // The first key that comes of this seed is the one that signs line 0.
    _ = identity.device()
    let asClient = identity.device(serial: 2)
    let line = try asClient.author.found(
      story.relationship, terms: Story.terms(), clock: Story.start, signing: asClient.key)
    #expect(throws: ConsentError.rule(.author)) { try Ledger(founding: line) }
    let ledger = try story.offered()
    expectRefused(
      ledger, try asClient.line(.grant(Story.grant()), upon: ledger, clock: Story.start),
      .rule(.author))
    let asTherapist = TestIdentity(2, .therapist).device()
    expectRefused(
      ledger, try asTherapist.line(.grant(Story.grant()), upon: ledger, clock: Story.start),
      .rule(.author))
  }

  @Test func `a second client cannot answer the same terms, nor new ones`() throws {
    var ledger = try story.granted()
    let second = TestIdentity(51, .client).device()
    expectRefused(
      ledger, try second.line(.grant(Story.grant()), upon: ledger, clock: Story.start),
      .rule(.author))
    try ledger.append(
      try story.desk.line(.terms(Story.terms()), upon: ledger, clock: Story.start))
    expectRefused(
      ledger, try second.line(.grant(Story.grant()), upon: ledger, clock: Story.start),
      .rule(.author))
  }

  @Test func `dead lines are declared by their author, and cannot land afterwards`() throws {
    let before = try story.inForce()
    let lost = try story.phone.line(
      .amend(Amendment(changes: [.supervision: true])), upon: before, clock: Story.start)
    var ledger = try before.appending(
      try story.desk.line(.terms(Story.terms()), upon: before, clock: Story.start))
    try ledger.append(
      try story.phone.line(
        .amend(Amendment(changes: [.voice: false])), upon: ledger, void: [lost.hash],
        clock: Story.start))
    #expect(ledger.last.line.void == [lost.hash])
    expectRefused(ledger, lost, .rule(.dead))
    // A line that is already there cannot be declared dead.
    let false1 = try story.phone.line(
      .end, upon: ledger, void: [ledger.lines[1].hash], clock: Story.start)
    expectRefused(ledger, false1, .rule(.voidNamesLine))
  }

  @Test func `kinds that have no place are refused with the phase`() throws {
    let offered = try story.offered()
    expectRefused(
      offered, try story.desk.line(.end, upon: offered, clock: Story.start),
      .rule(.phase(.offered)))
    let granted = try story.granted()
    expectRefused(
      granted,
      try story.desk.line(
        .acknowledge(granted.last.hash), upon: granted, clock: Story.start.adding(days: 15)),
      .rule(.phase(.lapsed)))
    let ended = try story.whole()
    expectRefused(
      ended, try story.desk.line(.terms(Story.terms()), upon: ended, clock: Story.start),
      .rule(.phase(.ended)))
  }

  // MARK: Members

  @Test func `members are those whom the ledger names and has not removed`() throws {
    let offered = try story.offered()
    #expect(offered.members.map(\.role) == [.therapist])
    let ledger = try story.inForce()
    #expect(ledger.members.map(\.role) == [.therapist, .client])
    #expect(ledger.role(of: story.client.publicKey) == .client)
    #expect(ledger.role(of: Story.supervisor.publicKey) == nil)
    var more = try ledger.appending(
      try story.phone.line(
        .amend(Amendment(changes: [.supervision: true])), upon: ledger, clock: Story.start))
    #expect(more.role(of: Story.supervisor.publicKey) == nil)
    try more.append(
      try story.desk.line(.acknowledge(more.last.hash), upon: more, clock: Story.start))
    #expect(more.role(of: Story.supervisor.publicKey) == .supervisor)
    #expect(more.members.map(\.name) == ["Dr. Ines Albrecht", "Mara", "Prof. Weiß"])
    try more.append(
      try story.phone.line(
        .withdraw(.scopes([.supervision])), upon: more, clock: Story.start))
    #expect(more.role(of: Story.supervisor.publicKey) == nil)
    try more.append(
      try story.phone.line(.withdraw(.everything), upon: more, clock: Story.start))
    #expect(more.members.map(\.role) == [.therapist, .client])
  }

  @Test func `a founding anew continues the same ledger under new terms`() throws {
    var ledger = try story.inForce()
    let terms = Story.terms([.text], from: Story.start)
    try ledger.append(
      try story.desk.line(.terms(terms), upon: ledger, clock: Story.start.adding(days: 3)))
    let tablet = story.client.device(serial: 2)
    try ledger.append(
      try tablet.line(
        .grant(Story.grant(terms, yes: [.text])), upon: ledger, clock: Story.start))
    #expect(
      ledger.state.waiting(at: Story.start.adding(days: 3)) == .withinTerms(ledger.last.hash))
    try ledger.append(
      try story.desk.line(.acknowledge(ledger.last.hash), upon: ledger, clock: Story.start))
    let now = Story.start.adding(days: 4)
    #expect(ledger.state.scopesInForce(at: now) == [.text])
    #expect(ledger.members.map(\.lowestSerial?.value) == [1, 2])
  }
}
