// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Consent

/// The table of CONSENT's states: each kind in each phase.
@Suite struct ConsentStateTests {
  enum Kind: String, CaseIterable {
    case terms, grant, acknowledge, amend, renew, withdrawPart, withdrawAll, end
  }

  enum Expected: Equatable {
    case phase(ConsentPhase)
    case rule(LedgerRule)
  }

  static let table: [(ConsentPhase, [(Kind, Expected)])] = [
    (
      .offered,
      [
        (.terms, .phase(.offered)), (.grant, .phase(.granted)),
        (.acknowledge, .rule(.phase(.offered))), (.amend, .rule(.phase(.offered))),
        (.renew, .rule(.phase(.offered))), (.withdrawPart, .rule(.phase(.offered))),
        (.withdrawAll, .rule(.phase(.offered))), (.end, .rule(.phase(.offered))),
      ]
    ),
    (
      .granted,
      [
        (.terms, .phase(.granted)), (.grant, .rule(.termsAnswered)),
        (.acknowledge, .phase(.inForce)), (.amend, .phase(.granted)), (.renew, .phase(.granted)),
        (.withdrawPart, .phase(.granted)), (.withdrawAll, .phase(.ended)), (.end, .phase(.ended)),
      ]
    ),
    (
      .lapsed,
      [
        (.terms, .rule(.phase(.lapsed))), (.grant, .rule(.phase(.lapsed))),
        (.acknowledge, .rule(.phase(.lapsed))), (.amend, .rule(.phase(.lapsed))),
        (.renew, .rule(.phase(.lapsed))), (.withdrawPart, .phase(.lapsed)),
        (.withdrawAll, .phase(.ended)), (.end, .phase(.ended)),
      ]
    ),
    (
      .inForce,
      [
        (.terms, .phase(.inForce)), (.grant, .rule(.termsAnswered)),
        (.acknowledge, .rule(.acknowledgesAnother)), (.amend, .phase(.inForce)),
        (.renew, .phase(.inForce)), (.withdrawPart, .phase(.inForce)),
        (.withdrawAll, .phase(.ended)), (.end, .phase(.ended)),
      ]
    ),
    (
      .expired,
      [
        (.terms, .phase(.expired)), (.grant, .rule(.termsAnswered)),
        (.acknowledge, .rule(.acknowledgesAnother)), (.amend, .phase(.expired)),
        (.renew, .phase(.expired)), (.withdrawPart, .phase(.expired)),
        (.withdrawAll, .phase(.ended)), (.end, .phase(.ended)),
      ]
    ),
    (
      .ended,
      [
        (.terms, .rule(.phase(.ended))), (.grant, .rule(.phase(.ended))),
        (.acknowledge, .rule(.phase(.ended))), (.amend, .rule(.phase(.ended))),
        (.renew, .rule(.phase(.ended))), (.withdrawPart, .phase(.ended)),
        (.withdrawAll, .phase(.ended)), (.end, .phase(.ended)),
      ]
    ),
  ]

  static let start = Story.start
  static let clientKinds: [Kind] = [.grant, .amend, .renew, .withdrawPart, .withdrawAll]

  @Test(arguments: table)
  func `each kind in each phase leads where the table says, or is refused as it says`(
    _ phase: ConsentPhase, _ row: [(Kind, Expected)]
  ) throws {
    #expect(row.count == Kind.allCases.count)
    for (kind, expected) in row {
      let (state, time) = try Self.state(in: phase)
      #expect(state.phase(at: time) == phase)
      var next = state
      let event = Self.event(kind, state, time)
      do {
        try next.apply(event)
        #expect(expected == .phase(next.phase(at: time)), "\(phase) \(kind)")
      } catch {
        #expect(expected == .rule(error), "\(phase) \(kind)")
        #expect(next == state)
      }
    }
  }

  @Test(arguments: Kind.allCases, ConsentRole.allCases)
  func `each kind is for its author alone`(_ kind: Kind, _ role: ConsentRole) throws {
    let allowed =
      switch role {
      case .therapist: [.terms, .acknowledge, .end].contains(kind)
      case .client: Self.clientKinds.contains(kind) || kind == .end
      case .supervisor: false
      }
    for phase in ConsentPhase.allCases {
      var (state, time) = try Self.state(in: phase)
      var event = Self.event(kind, state, time)
      event.author = role
      do {
        try state.apply(event)
        #expect(allowed)
      } catch {
        #expect((error == .author) == !allowed)
      }
    }
  }

  @Test func `a grant lapses after 14 days, judged by the time of the acknowledgement`() throws {
    for (seconds, lapses) in [(Int64(14 * 86_400), false), (14 * 86_400 + 1, true)] {
      var (state, time) = try Self.state(in: .granted)
      time = Self.start.adding(seconds: seconds)
      #expect(state.phase(at: time) == (lapses ? .lapsed : .granted))
      let event = Self.event(.acknowledge, state, time)
      if lapses {
        #expect(throws: LedgerRule.phase(.lapsed)) { try state.apply(event) }
      } else {
        try state.apply(event)
        #expect(state.phase(at: time) == .inForce)
      }
    }
  }

  @Test func `it expires at its end, and renewal and acknowledgement bring it back`() throws {
    var (state, time) = try Self.state(in: .expired)
    #expect(state.permits(.text, at: time, by: .client) == .refused(.expired(Self.end)))
    let renewal = ConsentTime(clamping: time.seconds).adding(days: 30)
    try state.apply(
      ConsentEvent(
        body: .renew(Renewal(validUntil: renewal)), author: .client, time: time,
        line: lineHash(40)))
    #expect(state.phase(at: time) == .expired)
    try state.apply(
      ConsentEvent(
        body: .acknowledge(lineHash(40)), author: .therapist, time: time, line: lineHash(41)))
    #expect(state.phase(at: time) == .inForce)
    #expect(state.permits(.text, at: time, by: .client) == .allowed)
    #expect(
      state.permits(.text, at: renewal, by: .client) == .refused(.expired(renewal)))
  }

  @Test func `an amendment takes away at once and gives when acknowledged`() throws {
    var (state, time) = try Self.state(in: .inForce)
    try state.apply(
      ConsentEvent(
        body: .amend(Amendment(changes: [.voice: false, .supervision: true])), author: .client,
        time: time, line: lineHash(40)))
    #expect(state.permits(.text, at: time, by: .client) == .allowed)
    #expect(state.permits(.voice, at: time, by: .therapist) == .refused(.withdrawn(time)))
    #expect(state.permits(.supervision, at: time, by: .therapist) == .refused(.notAcknowledged))
    try state.apply(Self.event(.acknowledge, state, time))
    #expect(state.permits(.supervision, at: time, by: .therapist) == .allowed)
    #expect(state.permits(.voice, at: time, by: .client) == .refused(.withdrawn(time)))
  }

  @Test func `an acknowledgement of an older line than the newest is dead`() throws {
    var (state, time) = try Self.state(in: .inForce)
    for number in [UInt8(40), 41] {
      try state.apply(
        ConsentEvent(
          body: .amend(Amendment(changes: [.supervision: true])), author: .client, time: time,
          line: lineHash(number)))
    }
    for wrong in [lineHash(40), lineHash(1), lineHash(99)] {
      #expect(throws: LedgerRule.acknowledgesAnother) {
        try state.apply(
          ConsentEvent(
            body: .acknowledge(wrong), author: .therapist, time: time, line: lineHash(50)))
      }
    }
    try state.apply(
      ConsentEvent(
        body: .acknowledge(lineHash(41)), author: .therapist, time: time, line: lineHash(50)))
    #expect(state.permits(.supervision, at: time, by: .client) == .allowed)
  }

  @Test func `a scope withdrawn while it waits is not given by the acknowledgement`() throws {
    var (state, time) = try Self.state(in: .granted)
    try state.apply(
      ConsentEvent(
        body: .withdraw(.scopes([.voice])), author: .client, time: time, line: lineHash(40)))
    try state.apply(Self.event(.acknowledge, state, time))
    #expect(state.permits(.text, at: time, by: .client) == .allowed)
    #expect(state.permits(.voice, at: time, by: .client) == .refused(.withdrawn(time)))
  }

  @Test func `new terms change nothing until the next grant, which takes away at once`() throws {
    var (state, time) = try Self.state(in: .inForce)
    let terms = Story.terms([.text, .image], from: Self.start)
    try state.apply(
      ConsentEvent(body: .terms(terms), author: .therapist, time: time, line: lineHash(40)))
    #expect(state.permits(.voice, at: time, by: .client) == .allowed)
    #expect(state.permits(.image, at: time, by: .client) == .refused(.notOffered))
    try state.apply(
      ConsentEvent(
        body: .grant(Story.grant(terms, yes: [.text, .image])), author: .client, time: time,
        line: lineHash(41)))
    #expect(state.permits(.voice, at: time, by: .client) == .refused(.notAccepted))
    #expect(state.permits(.image, at: time, by: .client) == .refused(.notAcknowledged))
    #expect(state.permits(.text, at: time, by: .client) == .allowed)
    try state.apply(Self.event(.acknowledge, state, time))
    #expect(state.permits(.image, at: time, by: .client) == .allowed)
    #expect(state.permits(.voice, at: time, by: .client) == .refused(.notOffered))
  }

  @Test func `a grant of a form other than the one in the terms is refused`() throws {
    var (state, time) = try Self.state(in: .offered)
    var grant = Story.grant()
    grant.formHash = [UInt8](repeating: 1, count: 32)
    #expect(throws: LedgerRule.formHash) {
      try state.apply(
        ConsentEvent(body: .grant(grant), author: .client, time: time, line: lineHash(40)))
    }
  }

  @Test func `what is dated ahead grants nothing before its time and takes away at once`() throws {
    var (state, now) = try Self.state(in: .inForce)
    let ahead = now.adding(days: 30)
    try state.apply(
      ConsentEvent(
        body: .amend(Amendment(changes: [.voice: false, .supervision: true])), author: .client,
        time: ahead, line: lineHash(40)))
    try state.apply(
      ConsentEvent(
        body: .acknowledge(lineHash(40)), author: .therapist, time: ahead, line: lineHash(41)))
    #expect(state.permits(.text, at: now, by: .client) == .allowed)
    #expect(state.permits(.voice, at: now, by: .client) == .refused(.withdrawn(ahead)))
    #expect(
      state.permits(.supervision, at: now, by: .therapist) == .refused(.notYet(from: ahead)))
    #expect(
      state.permits(.supervision, at: ahead.adding(seconds: -600), by: .therapist) == .allowed)
    #expect(
      state.permits(.supervision, at: ahead.adding(seconds: -601), by: .therapist)
        == .refused(.notYet(from: ahead)))
  }

  @Test func `a first acknowledgement dated ahead leaves nothing in force until then`() throws {
    var (state, now) = try Self.state(in: .granted)
    let ahead = now.adding(days: 3)
    try state.apply(
      ConsentEvent(
        body: .acknowledge(lineHash(2)), author: .therapist, time: ahead, line: lineHash(3)))
    #expect(state.phase(at: now) == .granted)
    #expect(state.permits(.text, at: now, by: .client) == .refused(.notYet(from: ahead)))
    #expect(state.permits(.text, at: ahead, by: .client) == .allowed)
  }

  @Test func `terms that begin later grant nothing before`() throws {
    let from = Self.start.adding(days: 5)
    let terms = Story.terms(from: from)
    var state = ConsentState(founding: .init(line: lineHash(1), terms: terms))
    try state.apply(
      ConsentEvent(
        body: .grant(Story.grant(terms)), author: .client, time: Self.start, line: lineHash(2)))
    try state.apply(Self.event(.acknowledge, state, Self.start))
    #expect(
      state.permits(.text, at: Self.start, by: .client) == .refused(.notYet(from: from)))
    #expect(state.permits(.text, at: from, by: .client) == .allowed)
  }

  @Test func `a shorter renewal counts at once`() throws {
    var (state, time) = try Self.state(in: .inForce)
    try state.apply(
      ConsentEvent(
        body: .renew(Renewal(validUntil: time)), author: .client, time: time, line: lineHash(40)))
    #expect(state.phase(at: time) == .expired)
  }

  @Test func `a new grant with an earlier end counts at once for that`() throws {
    var (state, time) = try Self.state(in: .inForce)
    let terms = Story.terms()
    try state.apply(
      ConsentEvent(body: .terms(terms), author: .therapist, time: time, line: lineHash(40)))
    let sooner = time.adding(days: 1)
    try state.apply(
      ConsentEvent(
        body: .grant(Story.grant(terms, until: sooner)), author: .client, time: time,
        line: lineHash(41)))
    #expect(state.phase(at: time) == .inForce)
    #expect(state.phase(at: sooner) == .expired)
  }

  @Test func `a signed withdrawal binds its author before it has landed`() throws {
    let (state, time) = try Self.state(in: .inForce)
    let part = state.bound(by: [.scopes([.text])], at: time)
    #expect(part.permits(.text, at: time, by: .client) == .refused(.withdrawn(time)))
    #expect(part.permits(.voice, at: time, by: .client) == .allowed)
    let all = state.bound(by: [.everything], at: time)
    #expect(all.permits(.voice, at: time, by: .client) == .refused(.withdrawnEntirely))
    #expect(state.permits(.text, at: time, by: .client) == .allowed)
  }

  @Test func `a supervisor speaks within supervision only`() throws {
    var (state, time) = try Self.state(in: .inForce)
    #expect(state.permits(.text, at: time, by: .supervisor) == .refused(.notForThisRole))
    #expect(state.permits(.supervision, at: time, by: .supervisor) == .refused(.notAccepted))
    try state.apply(
      ConsentEvent(
        body: .amend(Amendment(changes: [.supervision: true])), author: .client, time: time,
        line: lineHash(40)))
    try state.apply(Self.event(.acknowledge, state, time))
    #expect(state.permits(.supervision, at: time, by: .supervisor) == .allowed)
  }

  @Test(arguments: ConsentPhase.allCases)
  func `content may be sent in no phase but one`(_ phase: ConsentPhase) throws {
    let (state, time) = try Self.state(in: phase)
    for role in [ConsentRole.therapist, .client] {
      #expect((state.permits(.text, at: time, by: role) == .allowed) == (phase == .inForce))
    }
    #expect(state.scopesInForce(at: time) == (phase == .inForce ? [.text, .voice] : []))
  }

  @Test func `what stays within the terms needs no decision, what goes beyond them does`() throws {
    var (state, time) = try Self.state(in: .granted)
    #expect(state.waiting(at: time) == .withinTerms(lineHash(2)))
    let late = Self.start.adding(days: 300)
    try state.apply(
      ConsentEvent(
        body: .renew(Renewal(validUntil: late)), author: .client, time: time, line: lineHash(40)))
    #expect(
      state.waiting(at: time)
        == .needsDecision(lineHash(40), .init(scopes: [], validUntil: late)))
    try state.apply(
      ConsentEvent(
        body: .amend(Amendment(changes: [.live: true])), author: .client, time: time,
        line: lineHash(41)))
    #expect(
      state.waiting(at: time)
        == .needsDecision(lineHash(41), .init(scopes: [.live], validUntil: late)))
    try state.apply(Self.event(.acknowledge, state, time))
    #expect(state.waiting(at: time) == .nothing)
    // What was decided once is not asked again.
    try state.apply(
      ConsentEvent(
        body: .amend(Amendment(changes: [.supervision: true])), author: .client, time: time,
        line: lineHash(42)))
    #expect(state.waiting(at: time) == .withinTerms(lineHash(42)))
    try state.apply(Self.event(.withdrawAll, state, time))
    #expect(state.waiting(at: time) == .nothing)
  }

  @Test func `retention starts at the end`() throws {
    var (state, time) = try Self.state(in: .inForce)
    #expect(state.erasureDue == nil)
    try state.apply(Self.event(.end, state, time))
    #expect(state.erasureDue == time.adding(days: 365))
    #expect(state.ending == .init(cause: .ended(by: .therapist), time: time))
  }

  // MARK: Making states

  static let end = start.adding(days: 100)

  static func state(in phase: ConsentPhase) throws -> (ConsentState, ConsentTime) {
    var state = ConsentState(founding: .init(line: lineHash(1), terms: Story.terms()))
    if phase == .offered { return (state, start) }
    try state.apply(
      ConsentEvent(
        body: .grant(Story.grant()), author: .client, time: start, line: lineHash(2)))
    if phase == .granted { return (state, start) }
    if phase == .lapsed { return (state, start.adding(days: 15)) }
    try state.apply(
      ConsentEvent(
        body: .acknowledge(lineHash(2)), author: .therapist, time: start, line: lineHash(3)))
    if phase == .inForce { return (state, start.adding(days: 1)) }
    if phase == .expired { return (state, end) }
    try state.apply(
      ConsentEvent(
        body: .withdraw(.everything), author: .client, time: start, line: lineHash(4)))
    return (state, start)
  }

  static func event(_ kind: Kind, _ state: ConsentState, _ time: ConsentTime) -> ConsentEvent {
    let body: LineBody =
      switch kind {
      case .terms: .terms(Story.terms())
      case .grant: .grant(Story.grant())
      case .acknowledge: .acknowledge(state.proposal?.line ?? lineHash(200))
      case .amend: .amend(Amendment(changes: [.voice: false]))
      case .renew: .renew(Renewal(validUntil: end))
      case .withdrawPart: .withdraw(.scopes([.voice]))
      case .withdrawAll: .withdraw(.everything)
      case .end: .end
      }
    return ConsentEvent(
      body: body, author: clientKinds.contains(kind) ? .client : .therapist, time: time,
      line: lineHash(100))
  }
}
