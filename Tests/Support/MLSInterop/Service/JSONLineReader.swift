// SPDX-License-Identifier: Apache-2.0

/// Reads one JSON value in time that grows with its length alone.
///
/// Foundation's decoder takes minutes for ten megabytes of small values, and seconds for a few hundred
/// brackets, where it has to find out by trial what a value is.
struct JSONLineReader {
  /// No request is nested deeper than six.
  private static let maximumDepth = 64

  private let bytes: [UInt8]
  private var place: Int

  /// The value that takes all of `bytes`, or nil.
  static func value(of bytes: [UInt8]) -> JSONValue? {
    var reader = JSONLineReader(bytes: bytes)
    guard let value = reader.value(depth: 0), reader.next() == nil else { return nil }
    return value
  }

  /// Whether there is nothing but white space.
  static func isBlank(_ line: String.UTF8View) -> Bool {
    var reader = JSONLineReader(bytes: Array(line))
    return reader.next() == nil
  }

  /// A byte order mark is passed over, RFC 8259 section 8.1.
  private init(bytes: [UInt8]) {
    self.bytes = bytes
    place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The byte after white space, which is not passed.
  private mutating func next() -> UInt8? {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        place += 1
      case let byte: return byte
      }
    }
    return nil
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next() == UInt8(ascii: byte) else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) -> JSONValue? {
    guard depth < Self.maximumDepth else { return nil }
    switch next() {
    case UInt8(ascii: "{")?: return object(depth: depth)
    case UInt8(ascii: "[")?: return list(depth: depth)
    case UInt8(ascii: "\"")?: return text().map(JSONValue.text)
    default: return word()
    }
  }

  private mutating func object(depth: Int) -> JSONValue? {
    place += 1
    var values: [String: JSONValue] = [:]
    guard !take("}") else { return .object(values) }
    repeat {
      guard next() == UInt8(ascii: "\""), let name = text(), take(":"),
        let value = value(depth: depth + 1), values.updateValue(value, forKey: name) == nil
      else { return nil }
    } while take(",")
    return take("}") ? .object(values) : nil
  }

  private mutating func list(depth: Int) -> JSONValue? {
    place += 1
    var values: [JSONValue] = []
    guard !take("]") else { return .list(values) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while take(",")
    return take("]") ? .list(values) : nil
  }

  // MARK: Strings

  private mutating func text() -> String? {
    place += 1
    var text: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text.append(contentsOf: Array(String(scalar).utf8))
      case 0..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  /// What stands after a backslash.
  private mutating func escape() -> Unicode.Scalar? {
    guard place < bytes.count else { return nil }
    place += 1
    switch bytes[place - 1] {
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case let byte where "\"\\/".utf8.contains(byte): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"):
      guard let high = codeUnit() else { return nil }
      guard 0xD800..<0xDC00 ~= high else { return Unicode.Scalar(high) }
      guard bytes[place...].starts(with: "\\u".utf8) else { return nil }
      place += 2
      guard let low = codeUnit(), 0xDC00..<0xE000 ~= low else { return nil }
      return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  private mutating func codeUnit() -> UInt32? {
    let digits = bytes[place...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
      return nil
    }
    place += 4
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  // MARK: Literals and numbers

  private mutating func word() -> JSONValue? {
    let start = place
    while place < bytes.count, Self.isInWord(bytes[place]) { place += 1 }
    let word = bytes[start..<place]
    if let number = Self.number(word) { return .number(number) }
    switch String(decoding: word, as: UTF8.self) {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    case let text:
      guard Self.isNumber(word) else { return nil }
      if let number = UInt64(text) { return .number(number) }
      guard let number = Double(text), number.isFinite else { return nil }
      return UInt64(exactly: number).map(JSONValue.number) ?? .otherNumber(number)
    }
  }

  /// What nearly all numbers are: digits alone, too few to overflow.
  private static func number(_ word: ArraySlice<UInt8>) -> UInt64? {
    guard let first = word.first, word.count <= 19, first != UInt8(ascii: "0") || word.count == 1
    else { return nil }
    var number: UInt64 = 0
    for byte in word {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
      number = number * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    return number
  }

  private static func isInWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// RFC 8259 section 6.
  private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
    var rest = word
    func digits() -> Int {
      let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
      rest = rest.dropFirst(digits)
      return digits
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || (whole > 1 && !startsWithZero) else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
        rest = rest.dropFirst()
      }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
