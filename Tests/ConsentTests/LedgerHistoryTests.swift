// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Consent

/// Random histories: two authors race for the next place, and withdrawals land anywhere.
@Suite struct LedgerHistoryTests {
  /// What both members must agree on, checked against a plain model of the client's will.
  @Test(arguments: 0..<60)
  func `whatever two authors sign, both find the same, and nothing is granted unsigned`(
    _ seed: Int
  ) throws {
    let random = SeededRandom(seed: UInt64(seed) &+ 1_000)
    let story = Story()
    var ledger = try story.inForce()
    var clock = ledger.last.time
    var dead: [ConsentRole: [LineHash]] = [:]
    var floating: [UnverifiedLine] = []
    var losers: [UnverifiedLine] = []

    for _ in 0..<14 {
      clock = clock.adding(seconds: Int64(random.uniform(below: 200_000)))
      // Both sign upon the same head; one arrives first.
      let first = try Self.proposal(random, story.phone, .client, ledger, clock, &dead)
      let second = try Self.proposal(random, story.desk, .therapist, ledger, clock, &dead)
      var order = [(ConsentRole.client, first), (.therapist, second)]
      if random.uniform(below: 2) == 0 { order.reverse() }
      if random.uniform(below: 6) == 0 {
        floating.append(try Self.withdrawal(random, story.phone, ledger, clock, part: true))
      }
      for (role, line) in order {
        guard let line else { continue }
        let before = ledger
        do {
          try ledger.append(line)
          dead[role] = []
        } catch {
          #expect(ledger.head == before.head)
          if line.kind != .withdraw { losers.append(line) }
          dead[role, default: []].append(line.hash)
        }
      }
      if let line = floating.first, random.uniform(below: 3) == 0 {
        floating.removeFirst()
        // Two withdrawals of one scope in one second upon one head are one line.
        guard !ledger.contains(line.hash) else { continue }
        let before = ledger.state.scopesInForce(at: clock)
        try ledger.append(line)
        guard case .withdraw(.scopes(let scopes)) = line.body else { continue }
        #expect(ledger.state.scopesInForce(at: clock) == before.subtracting(scopes))
      }
      // Nothing that lost its race comes back.
      for line in losers {
        #expect(throws: ConsentError.self) { try ledger.appending(line) }
      }
      try Self.checkInvariants(ledger, clock)
    }
    // A withdrawal that was late by any number of lines still lands.
    for line in floating where !ledger.contains(line.hash) { try ledger.append(line) }
    let all = try Self.withdrawal(random, story.phone, ledger, clock, part: false)
    try ledger.append(all)
    #expect(ledger.state.phase(at: clock) == .ended)

    // The other member reads the same bytes and finds the same.
    let other = try Ledger(ledger.lines.map(\.bytes))
    #expect(other.head == ledger.head)
    #expect(other.state == ledger.state)
    #expect(ConsentAudit(lines: ledger.lines.map(\.bytes), now: clock).isClean)
    #expect(try ConsentExport.read(ConsentExport.jws(ledger)).head == ledger.head)
  }

  @Test(arguments: 0..<30)
  func `a withdrawal signed anywhere lands anywhere after, with the same effect`(
    _ seed: Int
  ) throws {
    let story = Story()
    let whole = try story.whole()
    let random = SeededRandom(seed: UInt64(seed))
    let signed = 2 + Int(random.uniform(below: 5))
    let upon = try Ledger(whole.lines[...signed].map(\.bytes))
    let line = try story.phone.line(.withdraw(.scopes([.text])), upon: upon, clock: .earliest)
    for landed in signed..<whole.length {
      var ledger = try Ledger(whole.lines[...landed].map(\.bytes))
      let before = ledger.state
      try ledger.append(line)
      let time = ledger.lines[landed].time
      #expect(ledger.state.permits(.text, at: time, by: .client) != .allowed)
      #expect(
        ledger.state.scopesInForce(at: time)
          == before.scopesInForce(at: time).subtracting([.text]))
      // Every other line of the rest that followed directly is dead now.
      if landed + 1 < whole.length, whole.lines[landed + 1].kind != .withdraw {
        #expect(throws: ConsentError.rule(.dead)) {
          try ledger.append(whole.lines[landed + 1].line)
        }
      }
    }
  }

  @Test(arguments: 0..<40)
  func `a mutated ledger is answered, and never accepted as it was`(_ seed: Int) throws {
    let story = Story()
    let lines = try story.inForce().lines.map(\.bytes)
    let random = SeededRandom(seed: UInt64(seed) &+ 77)
    for _ in 0..<60 {
      var mutated = lines
      let line = Int(random.uniform(below: UInt64(lines.count)))
      let index = Int(random.uniform(below: UInt64(lines[line].count)))
      switch random.uniform(below: 4) {
      case 0: mutated[line][index] ^= UInt8(1 + random.uniform(below: 255))
      case 1: mutated[line].remove(at: index)
      case 2: mutated[line].insert(UInt8(random.uniform(below: 256)), at: index)
      default: mutated[line] = Array(mutated[line][..<index])
      }
      #expect(throws: ConsentError.self) { try Ledger(mutated) }
    }
  }

  // MARK: Parts

  static func proposal(
    _ random: SeededRandom, _ device: TestDevice, _ role: ConsentRole, _ ledger: Ledger,
    _ clock: ConsentTime, _ dead: inout [ConsentRole: [LineHash]]
  ) throws -> UnverifiedLine? {
    let body: LineBody?
    let scope = Scope.allCases[Int(random.uniform(below: UInt64(Scope.allCases.count)))]
    switch (role, random.uniform(below: 8)) {
    case (.client, 0...2):
      body = .amend(Amendment(changes: [scope: random.uniform(below: 2) == 0]))
    case (.client, 3):
      body = .renew(
        Renewal(validUntil: clock.adding(days: Int64(random.uniform(below: 60)))))
    case (.client, 4):
      guard ledger.state.isOfferOpen else { return nil }
      body = .grant(Story.grant(ledger.state.newestOffer.terms, yes: [.text, scope]))
    case (.client, 5): body = .withdraw(.scopes([scope]))
    case (.therapist, 0...4): body = ledger.state.proposal.map { .acknowledge($0.line) }
    case (.therapist, 5): body = .terms(Story.terms(from: Story.start))
    default: body = nil
    }
    guard let body else { return nil }
    return try device.line(
      body, upon: ledger, void: Array((dead[role] ?? []).prefix(64)), clock: clock)
  }

  static func withdrawal(
    _ random: SeededRandom, _ device: TestDevice, _ ledger: Ledger, _ clock: ConsentTime,
    part: Bool
  ) throws -> UnverifiedLine {
    let scope = Scope.allCases[Int(random.uniform(below: UInt64(Scope.allCases.count)))]
    return try device.line(
      .withdraw(part ? .scopes([scope]) : .everything), upon: ledger, clock: clock)
  }

  /// Nothing is in force that the client has not said yes to, last of all about that scope, in a line
  /// that the therapist acknowledged, directly or with a later one.
  static func checkInvariants(_ ledger: Ledger, _ clock: ConsentTime) throws {
    var will: [Scope: Bool] = [:]
    var acknowledged: [Scope: Bool] = [:]
    var heads: Set<ConsentHead> = []
    for line in ledger.lines {
      #expect(heads.insert(line.head).inserted)
      switch line.body {
      case .grant(let grant):
        for scope in Scope.allCases { will[scope] = grant.answers[scope] ?? false }
      case .amend(let amendment): will.merge(amendment.changes) { $1 }
      case .withdraw(.scopes(let scopes)): for scope in scopes { will[scope] = false }
      case .withdraw(.everything): will = [:]
      case .acknowledge: acknowledged = will
      default: continue
      }
      for scope in Scope.allCases where will[scope] != true { acknowledged[scope] = false }
    }
    let granted = Set(acknowledged.filter(\.value).keys)
    #expect(ledger.state.scopesInForce(at: clock).isSubset(of: granted))
    if ledger.state.phase(at: clock) == .inForce {
      #expect(ledger.state.scopesInForce(at: clock) == granted)
    }
  }
}
