// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import Consent

/// Payloads with more, less or other members than their kind has, inside as well as outside.
@Suite struct ForgedMemberTests {
  private static let grant = LineBody.grant(
    Grant(
      answers: [.text: true], name: "M.",
      representative: .init(name: "Eltern", authority: "Sorgerecht"), validUntil: Story.start,
      formHash: [UInt8](repeating: 3, count: 32), keyPackage: [UInt8](repeating: 4, count: 32)))
  private static let terms = LineBody.terms(Story.terms())

  /// A member of each object within a line; another is put before it.
  static let insides: [(LineBody, String)] = [
    (grant, "\"name\":\"Eltern\""),
    (terms, "\"name\":\"Dr. Ines Albrecht\""),
    (terms, "\"text\":\"Dieses Formular"),
    (terms, "\"scope\":\"text\""),
    (terms, "\"name\":\"Prof. Weiß\""),
    (terms, "\"kept\":"),
    (terms, "\"risks\":"),
    (terms, "\"plan\":"),
  ]

  static let forgeries: [(LineBody, String, String, ConsentError)] = [
    (grant, "\"scopes\":{\"text\":true}", "\"scopes\":[]", .line(.wrongType)),
    (grant, "\"key_package\":\"BAQE", "\"key_package\":\"", .line(.outOfRange)),
    (.end, "\"void\":[\"", "\"void\":[\"AAAA", .line(.outOfRange)),
    (.end, "\"void\":[", "\"void\":[1,", .line(.wrongType)),
    (.end, "\"void\":[", "\"void\":7,\"x\":[", .line(.wrongType)),
    (terms, "\"retention_days\":365", "\"retention_days\":\"365\"", .line(.wrongType)),
    (terms, "\"recipients\":[", "\"recipients\":[1,", .line(.wrongType)),
    (terms, "\"recipients\":[", "\"recipients\":[\"\\u202e\",", .line(.text)),
    (terms, "\"numbers\":[\"112\"]", "\"numbers\":\"112\"", .line(.wrongType)),
    (.terms(Story.terms([])), "\"scopes\":[]", "\"scopes\":[ ]", .line(.empty)),
  ]

  private func forge(_ body: LineBody, _ old: String, _ new: String) throws -> [UInt8] {
    let text = String(decoding: LinePayloadTests.payload(body).bytes, as: UTF8.self)
    let range = try #require(text.firstRange(of: old), "\(old) is not in the payload")
    return Array((text[..<range.lowerBound] + new + text[range.upperBound...]).utf8)
  }

  @Test(arguments: insides.indices)
  func `a member that a kind does not have is refused in each object of it`(_ index: Int) throws {
    let (body, member) = Self.insides[index]
    let forged = try forge(body, member, "\"note\":\"x\"," + member)
    #expect(throws: ConsentError.line(.unknownMember)) { try LinePayload(forged) }
  }

  @Test(arguments: forgeries.indices)
  func `a member of another type or size is refused`(_ index: Int) throws {
    let (body, old, new, error) = Self.forgeries[index]
    let forged = try forge(body, old, new)
    #expect(throws: error) { try LinePayload(forged) }
  }

  @Test func `a certificate is no longer than one can be`() throws {
    var payload = LinePayloadTests.payload(.end)
    payload.certificate = [UInt8](repeating: 1, count: 4_096)
    #expect(try LinePayload(payload.bytes) == payload)
    payload.certificate?.append(1)
    #expect(throws: ConsentError.line(.outOfRange)) { try LinePayload(payload.bytes) }
  }

  @Test(
    arguments: [
      ("{\"a\";1}", JSONFault.unexpectedByte), ("{\"a\" 1}", .unexpectedByte),
      ("\"\\ud83d\\xde42\"", .invalidString), ("\"\\ud83dude42\"", .invalidString),
    ])
  func `punctuation of JSON stands where it has to`(_ text: String, _ fault: JSONFault) {
    #expect(throws: fault) { try JSONReader.read(Array(text.utf8), maximumBytes: 64) }
  }

  @Test func `a channel extension of another version is refused`() throws {
    let binding = try #require(
      ChannelExtension(
        relay: [1], channel: [UInt8](repeating: 7, count: 32),
        relationship: RelationshipID(random: SeededRandom(seed: 1))))
    for version in [UInt8(0), 2, 255] {
      #expect(throws: WireError.invalidValue) {
        try ChannelExtension(wireBytes: [version] + binding.wireBytes.dropFirst())
      }
    }
  }
}
