// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Consent

@Suite struct LinePayloadTests {
  static let start = Story.start
  static let bodies: [LineBody] = [
    .terms(Story.terms()), .terms(Story.template(Scope.allCases, language: .english)),
    .grant(Story.grant()),
    .grant(
      Grant(
        answers: [.text: true], name: "M. \u{1F642} \"x\\y\"",
        representative: .init(name: "Eltern", authority: "Sorgerecht"),
        validUntil: start, formHash: [UInt8](repeating: 3, count: 32),
        keyPackage: [UInt8](repeating: 4, count: 32))),
    .acknowledge(lineHash(7)), .amend(Amendment(changes: [.text: false, .research: true])),
    .renew(Renewal(validUntil: start)), .withdraw(.everything),
    .withdraw(.scopes([.voice, .text])), .end,
  ]

  static func payload(_ body: LineBody) -> LinePayload {
    LinePayload(
      relationship: RelationshipID(random: SeededRandom(seed: 3)), time: start,
      seen: .empty, void: [lineHash(1), lineHash(2)], certificate: [1, 2, 3], body: body)
  }

  @Test(arguments: bodies)
  func `every kind reads as it was written, and writes the same bytes`(_ body: LineBody) throws {
    for bare in [false, true] {
      var payload = Self.payload(body)
      if bare {
        payload.seen = nil
        payload.void = []
        payload.certificate = nil
      }
      let read = try LinePayload(payload.bytes)
      #expect(read == payload)
      #expect(read.bytes == payload.bytes)
    }
  }

  @Test func `members stand in the order of the specification`() {
    let text = String(decoding: Self.payload(.end).bytes, as: UTF8.self)
    #expect(text.hasPrefix("{\"v\":1,\"relationship\":\""))
    let names = ["relationship", "kind", "time", "seen", "void", "certificate"]
    let positions = names.compactMap { text.firstRange(of: "\"\($0)\":")?.lowerBound }
    #expect(positions.count == names.count)
    #expect(positions == positions.sorted())
  }

  static let forgeries: [(LineBody, String, String, ConsentError)] = [
    (.end, "\"v\":1", "\"v\":2", .unsupported),
    (.end, "\"v\":1", "\"v\":\"1\"", .unsupported),
    (.end, "\"v\":1", "\"v\":1.0", .json(.notAnInteger)),
    (.end, "\"v\":1,", "", .unsupported),
    (.end, "\"v\":1", "\"v\":1,\"v\":1", .json(.duplicateMember)),
    (.end, "\"end\"", "\"keyTransition\"", .unsupported),
    (.end, "\"end\"", "\"End\"", .unsupported),
    (.end, "\"end\"", "\"\"", .unsupported),
    (.end, "\"end\"", "null", .line(.wrongType)),
    (.end, "\"kind\":\"end\",", "", .line(.missingMember)),
    (.end, "\"void\"", "\"Void\"", .line(.missingMember)),
    (.end, "}", ",\"note\":\"x\"}", .line(.unknownMember)),
    (.end, "}", ",\"scopes\":{\"text\":true}}", .line(.unknownMember)),
    (.end, "2026-", "2026 ", .line(.time)),
    (.end, "Z\"", "+00:00\"", .line(.time)),
    (.end, "\"seen\":\"AAAA", "\"seen\":\"AAA=", .line(.base64url)),
    (.end, "\"seen\":\"AAAA", "\"seen\":\"", .line(.outOfRange)),
    (.end, "\"certificate\":\"AQID\"", "\"certificate\":\"AQI\u{212A}\"", .line(.base64url)),
    (.end, "\"certificate\":\"AQID\"", "\"certificate\":\"AQ+/\"", .line(.base64url)),
    (.end, "\"certificate\":\"AQID\"", "\"certificate\":\"AR\"", .line(.base64url)),
    (.end, "\"certificate\":\"AQID\"", "\"certificate\":[1]", .line(.wrongType)),
    (.withdraw(.everything), "true", "false", .line(.missingMember)),
    (.withdraw(.everything), "\"all\":true", "\"all\":1", .line(.wrongType)),
    (
      .withdraw(.everything), "\"all\":true", "\"all\":true,\"scopes\":[\"text\"]",
      .line(.unknownMember)
    ),
    (.withdraw(.scopes([.text])), "[\"text\"]", "[]", .line(.empty)),
    (.withdraw(.scopes([.text])), "[\"text\"]", "[\"text\",\"text\"]", .line(.scope)),
    (.withdraw(.scopes([.text])), "[\"text\"]", "[\"Text\"]", .line(.scope)),
    (.withdraw(.scopes([.text])), "[\"text\"]", "[\"te\u{200B}xt\"]", .line(.scope)),
    (.withdraw(.scopes([.text])), "[\"text\"]", "[true]", .line(.wrongType)),
    (.withdraw(.scopes([.text])), "\"all\":false,", "", .line(.missingMember)),
    (.amend(Amendment(changes: [.text: true])), "{\"text\":true}", "{}", .line(.empty)),
    (.amend(Amendment(changes: [.text: true])), "\"text\":true", "\"fax\":true", .line(.scope)),
    (
      .amend(Amendment(changes: [.text: true])), "\"text\":true", "\"text\":\"yes\"",
      .line(.wrongType)
    ),
    (
      .amend(Amendment(changes: [.text: true])), "\"text\":true",
      "\"text\":true,\"text\":false", .json(.duplicateMember)
    ),
    (.grant(Story.grant()), "\"Mara\"", "\"\"", .line(.text)),
    (.grant(Story.grant()), "\"Mara\"", "\"Mara\\u001b[2J\"", .line(.text)),
    (.grant(Story.grant()), "\"Mara\"", "\"Mara\\u202e\"", .line(.text)),
    (.grant(Story.grant()), "\"Mara\"", "\"Mara\u{85}\"", .line(.text)),
    (.grant(Story.grant()), "\"name\":\"Mara\",", "", .line(.missingMember)),
    (.grant(Story.grant()), "\"key_package\":\"CQ", "\"key_package\":\"", .line(.base64url)),
    (.terms(Story.terms()), "\"language\":\"de\"", "\"language\":\"\"", .line(.text)),
    (
      .terms(Story.terms()), "\"retention_days\":365", "\"retention_days\":-1", .line(.outOfRange)
    ),
    (
      .terms(Story.terms()), "\"retention_days\":365", "\"retention_days\":36526",
      .line(.outOfRange)
    ),
    (.terms(Story.terms()), "Dieses Formular", "Dieses Papier", .line(.formHash)),
    (.terms(Story.terms()), "{\"scope\":\"voice\"", "{\"scope\":\"text\"", .line(.scope)),
    (
      .terms(Story.terms()), "{\"scope\":\"supervision\"", "{\"scope\":\"live\"", .line(.scope)
    ),
    (
      .terms(Story.terms([.text])), "{\"scope\":\"text\"", "{\"scope\":\"supervision\"",
      .line(.scope)
    ),
    (
      .terms(Story.terms(until: start.adding(days: 1))), "\"until\":\"2026", "\"until\":\"2016",
      .line(.dates)
    ),
  ]

  @Test(arguments: forgeries.indices)
  func `a payload that is not exactly of its kind is refused`(_ index: Int) throws {
    let (body, old, new, error) = Self.forgeries[index]
    let text = String(decoding: Self.payload(body).bytes, as: UTF8.self)
    let range = try #require(text.firstRange(of: old), "\(old) is not in the payload")
    let forged = text[..<range.lowerBound] + new + text[range.upperBound...]
    #expect(throws: error) { try LinePayload(Array(forged.utf8)) }
  }

  @Test func `dead lines are listed once each, and not without bound`() throws {
    var payload = Self.payload(.end)
    payload.void = [lineHash(1), lineHash(1)]
    #expect(throws: ConsentError.line(.outOfRange)) { try LinePayload(payload.bytes) }
    payload.void = (0..<65).map { lineHash($0) }
    #expect(throws: ConsentError.line(.outOfRange)) { try LinePayload(payload.bytes) }
    payload.void.removeLast()
    #expect(try LinePayload(payload.bytes) == payload)
  }

  @Test func `an author cannot sign what could not be read again`() throws {
    let story = Story()
    var terms = Story.terms()
    terms.responseTime = ""
    #expect(throws: ConsentError.line(.text)) { try story.foundingLine(terms) }
    terms = Story.terms()
    terms.form = Terms.Form(
      text: String(repeating: "x", count: 49_153), language: "en", version: "1")
    #expect(throws: ConsentError.line(.text)) { try story.foundingLine(terms) }
    let ledger = try story.inForce()
    #expect(throws: ConsentError.line(.empty)) {
      try story.phone.line(.amend(Amendment(changes: [:])), upon: ledger, clock: Story.start)
    }
  }

  @Test(arguments: 0..<60)
  func `a mutated payload is answered, and what is read writes to what reads the same`(
    _ seed: Int
  ) {
    let random = SeededRandom(seed: UInt64(seed))
    let original = Self.payload(Self.bodies[seed % Self.bodies.count]).bytes
    for _ in 0..<50 {
      var bytes = original
      for _ in 0..<(Int(random.bytes(1)[0]) % 3 + 1) {
        let choice = random.bytes(4)
        let index = (Int(choice[0]) << 8 | Int(choice[1])) % bytes.count
        switch choice[2] % 3 {
        case 0: bytes[index] = choice[3]
        case 1: bytes.remove(at: index)
        default: bytes.insert(choice[3], at: index)
        }
      }
      if let payload = try? LinePayload(bytes) {
        #expect((try? LinePayload(payload.bytes)) == payload)
      }
    }
  }
}
