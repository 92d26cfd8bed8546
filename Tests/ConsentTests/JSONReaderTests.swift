// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Consent

@Suite struct JSONReaderTests {
  static let refused: [(String, JSONFault)] = [
    ("", .truncated), (" ", .truncated), ("{", .truncated), ("[", .truncated), ("\"", .truncated),
    ("{\"a\"", .truncated), ("{\"a\":", .truncated), ("{\"a\":1", .truncated), ("[1", .truncated),
    ("[1,", .truncated), ("tru", .truncated), ("-", .truncated), ("\"\\", .truncated),
    ("\"\\u12", .truncated), ("nul", .truncated),
    ("{\"a\":1,\"a\":2}", .duplicateMember), ("{\"a\":1,\"\\u0061\":2}", .duplicateMember),
    ("{\"\":1,\"\":1}", .duplicateMember), ("[{\"x\":{\"b\":1,\"b\":1}}]", .duplicateMember),
    ("1.0", .notAnInteger), ("1e3", .notAnInteger), ("1E3", .notAnInteger),
    ("0.5", .notAnInteger), ("-0", .notAnInteger), ("01", .notAnInteger),
    ("-01", .notAnInteger), ("00", .notAnInteger), ("9007199254740992", .notAnInteger),
    ("-9007199254740992", .notAnInteger), ("99999999999999999999999", .notAnInteger),
    ("-0.0", .notAnInteger), ("[1.0]", .notAnInteger), ("1.", .notAnInteger),
    ("+1", .unexpectedByte), (".5", .unexpectedByte), ("-a", .unexpectedByte),
    ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte), ("-Infinity", .unexpectedByte),
    ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte), ("{1:1}", .unexpectedByte),
    ("{\"a\" 1}", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte), ("[1,]", .unexpectedByte),
    ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("{,}", .unexpectedByte),
    ("{\"a\":}", .unexpectedByte), ("True", .unexpectedByte), ("truE", .unexpectedByte),
    ("[1}", .unexpectedByte), ("{\"a\":1]", .unexpectedByte), ("/**/1", .unexpectedByte),
    ("//\n1", .unexpectedByte), ("\u{0B}1", .unexpectedByte), ("\u{0C}1", .unexpectedByte),
    ("\u{A0}1", .unexpectedByte), ("\u{2028}1", .unexpectedByte), ("]", .unexpectedByte),
    ("1 1", .trailingBytes), ("{} x", .trailingBytes), ("[]]", .trailingBytes),
    ("truex", .trailingBytes), ("1,", .trailingBytes), ("\"a\"\"b\"", .trailingBytes),
    ("1\u{0}", .trailingBytes), ("0x10", .trailingBytes),
    ("\"\u{0}\"", .invalidString), ("\"\n\"", .invalidString), ("\"\t\"", .invalidString),
    ("\"\u{1f}\"", .invalidString), ("\"\\a\"", .invalidString), ("\"\\u00g0\"", .invalidString),
    ("\"\\U0041\"", .invalidString), ("\"\\x41\"", .invalidString), ("\"\\'\"", .invalidString),
    ("\"\\ud800\"", .invalidString), ("\"\\udc00\"", .invalidString),
    ("\"\\ud800\\ud800\"", .invalidString), ("\"\\ud800x\"", .invalidString),
    ("\"\\ud83d\\n\"", .invalidString), ("\"\\udc00\\ud800\"", .invalidString),
    ("\u{FEFF}{}", .notUTF8),
  ]

  @Test(arguments: refused)
  func `what JSON does not allow, or two readers could read differently, is refused`(
    _ text: String, _ fault: JSONFault
  ) {
    #expect(throws: fault) { try JSONReader.read(Array(text.utf8)) }
  }

  static let notUTF8: [[UInt8]] = [
    [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xc1, 0xbf, 0x22],
    [0x22, 0xe0, 0x80, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xc3, 0x22],
    [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xf8, 0x88, 0x80, 0x80, 0x80, 0x22],
    [0x80], [0xef, 0xbb, 0xbf, 0x31], [0xff, 0xfe, 0x31, 0x00],
    [0x22, 0xe2, 0x82, 0x22], [0x22, 0xf0, 0x9f, 0x98, 0x22],
  ]

  @Test(arguments: notUTF8)
  func `bytes that are not UTF-8 are refused, overlong forms and surrogates too`(_ bytes: [UInt8]) {
    #expect(throws: JSONFault.notUTF8) { try JSONReader.read(bytes) }
  }

  static let accepted: [(String, JSONValue)] = [
    ("null", .null), ("true", .boolean(true)), ("false", .boolean(false)), ("0", .integer(0)),
    ("-1", .integer(-1)), ("9007199254740991", .integer(9_007_199_254_740_991)),
    ("-9007199254740991", .integer(-9_007_199_254_740_991)), ("\"\"", .string("")),
    ("[]", .array([])), ("{}", .object([])), (" \t\r\n1 \t\r\n", .integer(1)),
    ("[ 1 , [ ] ]", .array([.integer(1), .array([])])),
    ("{ \"a\" : { } }", .object([JSONMember("a", .object([]))])),
    ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{8}\u{c}\n\r\t")),
    ("\"\\u0041\\u00e9\\u20ac\"", .string("A\u{e9}\u{20ac}")),
    ("\"\\ud83d\\ude00\"", .string("\u{1F600}")), ("\"\\uD83D\\uDE00\"", .string("\u{1F600}")),
    ("\"\u{1F600}é\"", .string("\u{1F600}é")), ("\"\\u0000\"", .string("\u{0}")),
    ("\"\u{7f}\"", .string("\u{7f}")), ("\"\u{10FFFF}\"", .string("\u{10FFFF}")),
    // Equal for Swift's ==, different for a signature.
    (
      "{\"K\":1,\"\u{212A}\":2}",
      .object([JSONMember("K", .integer(1)), JSONMember("\u{212A}", .integer(2))])
    ),
    (
      "{\"\u{e9}\":1,\"e\u{301}\":2}",
      .object([JSONMember("\u{e9}", .integer(1)), JSONMember("e\u{301}", .integer(2))])
    ),
  ]

  @Test(arguments: accepted)
  func `what JSON allows is read, and written again reads the same`(
    _ text: String, _ value: JSONValue
  ) throws {
    let read = try JSONReader.read(Array(text.utf8))
    #expect(read == value)
    #expect(try JSONReader.read(read.bytes) == read)
    #expect(try JSONReader.read(read.bytes).bytes == read.bytes)
  }

  @Test func `texts that Swift calls equal are two values here`() {
    #expect(JSONValue.string("K") != .string("\u{212A}"))
    #expect(JSONValue.string("\u{e9}") != .string("e\u{301}"))
    #expect(JSONMember("K", .null) != JSONMember("\u{212A}", .null))
  }

  @Test func `nesting is bounded, however much is opened`() throws {
    let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
    #expect(try JSONReader.read(Array(deep.utf8)) != .null)
    #expect(throws: JSONFault.tooDeep) { try JSONReader.read(Array("[\(deep)]".utf8)) }
    #expect(throws: JSONFault.tooDeep) {
      try JSONReader.read([UInt8](repeating: UInt8(ascii: "["), count: 200_000))
    }
    #expect(throws: JSONFault.tooDeep) {
      try JSONReader.read(Array(String(repeating: "{\"a\":", count: 17).utf8))
    }
  }

  @Test func `size is bounded before anything is read`() {
    #expect(throws: JSONFault.tooLarge) {
      try JSONReader.read([UInt8](repeating: 0xff, count: 11), maximumBytes: 10)
    }
  }

  @Test func `control characters are escaped in the one way we write`() {
    #expect(
      JSONValue.string("\u{0}\u{1f}\u{8}\t\n\u{c}\r\"\\/\u{7f}é").bytes
        == Array("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\u{7f}é\"".utf8))
  }

  @Test(arguments: 0..<200)
  func `a random value written reads as itself`(_ seed: Int) throws {
    let random = SeededRandom(seed: UInt64(seed))
    let value = Self.value(random, depth: 0)
    #expect(try JSONReader.read(value.bytes) == value)
  }

  @Test(arguments: 0..<40)
  func `random bytes and mutations are answered, and what is read writes to a fixed point`(
    _ seed: Int
  ) throws {
    let random = SeededRandom(seed: UInt64(seed) &+ 10_000)
    for _ in 0..<200 {
      var bytes = Self.value(random, depth: 0).bytes
      for _ in 0..<2 where !bytes.isEmpty {
        let choice = random.bytes(3)
        let index = Int(choice[0]) % bytes.count
        switch choice[1] % 4 {
        case 0: bytes[index] = choice[2]
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(choice[2], at: index)
        default: bytes = Array(bytes[..<index])
        }
      }
      if let value = try? JSONReader.read(bytes) {
        #expect(try JSONReader.read(value.bytes) == value)
      }
    }
  }

  private static func value(_ random: SeededRandom, depth: Int) -> JSONValue {
    let byte = random.bytes(2)
    switch byte[0] % (depth < 4 ? 8 : 5) {
    case 0: return .null
    case 1: return .boolean(byte[1] & 1 == 1)
    case 2: return .integer(Int64(byte[1]) * 35_184_372_088_831)
    case 3: return .integer(-Int64(byte[1]) - 1)
    case 4, 5:
      return .string(
        String(
          String.UnicodeScalarView(
            random.bytes(Int(byte[1]) % 9).map {
              Unicode.Scalar(UInt32($0) * UInt32($0) * 17) ?? "\u{1F9E0}"
            })))
    case 6:
      return .array((0..<Int(byte[1]) % 5).map { _ in value(random, depth: depth + 1) })
    default:
      return .object(
        (0..<Int(byte[1]) % 5).map { JSONMember("m\($0)", value(random, depth: depth + 1)) })
    }
  }
}
