// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Consent

/// What a ledger has room for: however a member fills it, what takes away still lands, and what was
/// exported verifies.
@Suite struct LedgerRoomTests {
  let story = Story()

  /// A well-signed line, as long as a line may be by white space that says nothing.
  func padded(
    _ body: LineBody, upon ledger: Ledger, by device: TestDevice
  ) throws -> UnverifiedLine {
    try Forge.line(Forge.payload(body, upon: ledger, by: device), device) {
      "{" + String(repeating: " ", count: 97_500) + $0.dropFirst()
    }
  }

  @Test func `a ledger full of bytes takes what takes away, and its export verifies`() throws {
    var ledger = try story.inForce()
    func append(_ body: LineBody, by device: TestDevice) throws {
      try ledger.append(try padded(body, upon: ledger, by: device))
    }
    // Nobody ever consented to images: none of these takes anything away.
    #expect(throws: ConsentError.rule(.full)) {
      for _ in 0..<300 { try append(.withdraw(.scopes([.image])), by: story.phone) }
    }
    let later = Story.start.adding(days: 120)
    #expect(throws: ConsentError.rule(.full)) {
      try append(.renew(Renewal(validUntil: later)), by: story.phone)
    }
    try append(.withdraw(.scopes([.text])), by: story.phone)
    #expect(throws: ConsentError.rule(.full)) {
      try append(.withdraw(.scopes([.text])), by: story.phone)
    }
    try append(.end, by: story.desk)
    #expect(throws: ConsentError.rule(.full)) { try append(.end, by: story.desk) }
    #expect(throws: ConsentError.rule(.full)) {
      try append(.withdraw(.everything), by: story.phone)
    }
    let file = ConsentExport.jws(ledger)
    #expect(file.count > Ledger.maximumBytes)
    #expect(try ConsentExport.read(file).head == ledger.head)
  }

  @Test func `a ledger full of lines takes each withdrawal that counts, and no other`() throws {
    var ledger = try story.inForce()
    func append(_ body: LineBody) throws {
      try ledger.append(try story.phone.line(body, upon: ledger, clock: ledger.last.time))
    }
    #expect(throws: ConsentError.rule(.full)) {
      for _ in 0..<Ledger.maximumLength { try append(.withdraw(.scopes([.image]))) }
    }
    #expect(ledger.length == Ledger.maximumLength)
    for withdrawal in [Withdrawal.scopes([.voice]), .scopes([.text, .voice]), .everything] {
      try append(.withdraw(withdrawal))
      #expect(throws: ConsentError.rule(.full)) { try append(.withdraw(withdrawal)) }
    }
    #expect(ledger.length == Ledger.maximumLength + 3)
    #expect(ledger.state.phase(at: ledger.last.time) == .ended)
    #expect(throws: ConsentError.rule(.full)) { try append(.end) }
    let lines = ledger.lines.map(\.bytes)
    #expect(try Ledger(lines).head == ledger.head)
    // Earlier versions took any withdrawal, and what they stored is still read.
    let more = try story.phone.line(.withdraw(.everything), upon: ledger, clock: ledger.last.time)
    #expect(throws: ConsentError.rule(.full)) { try Ledger(lines + [more.bytes]) }
    #expect(
      try Ledger(trustingSignaturesOf: lines + [more.bytes]).length == ledger.length + 1)
  }

  @Test func `the longest export that a full ledger can have is read`() {
    // What a full ledger still takes: each scope once, and the end.
    let beyond = (Scope.allCases.count + 1) * UnverifiedLine.maximumBytes
    let lines = Ledger.maximumBytes + beyond + Ledger.maximumLength + Scope.allCases.count + 1
    #expect(lines + 3 * (Ledger.maximumBytes + beyond) / 4 < ConsentExport.maximumBytes)
  }
}
