// SPDX-License-Identifier: Apache-2.0

/// A strict and bounded reader of JSON (RFC 8259), for bytes that somebody has signed.
///
/// What general readers wave through is refused: duplicate members, numbers that are not integers,
/// invalid UTF-8, lone surrogates, depth and size without bound. Two readers of a signed line then
/// cannot see two different lines in it.
public struct JSONReader {
  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0
  private let maximumDepth: Int

  /// Reads one value that takes all of `bytes`.
  ///
  /// White space around it is accepted, as around every token.
  public static func read(
    _ bytes: [UInt8], maximumBytes: Int = 1 << 18, maximumDepth: Int = 16
  ) throws(JSONFault) -> JSONValue {
    guard bytes.count <= maximumBytes else { throw .tooLarge }
    // One check of the whole spares every string its own, and covers white space and structure too.
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { throw .notUTF8 }
    var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
    let value = try reader.value()
    reader.skipSpace()
    guard reader.index == bytes.count else { throw .trailingBytes }
    return value
  }

  private init(bytes: [UInt8], maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  // MARK: Values

  private mutating func value() throws(JSONFault) -> JSONValue {
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .boolean(true))
    case UInt8(ascii: "f"): return try literal("false", .boolean(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try integer()
    default: throw .unexpectedByte
    }
  }

  private mutating func object() throws(JSONFault) -> JSONValue {
    try enter()
    var members: [JSONMember] = []
    // Compared by bytes: a set of Strings would follow canonical equivalence.
    var names: Set<[UInt8]> = []
    skipSpace()
    if try peek() == UInt8(ascii: "}") {
      leave()
      return .object(members)
    }
    while true {
      skipSpace()
      guard try peek() == UInt8(ascii: "\"") else { throw .unexpectedByte }
      let name = try string()
      guard names.insert(Array(name.utf8)).inserted else { throw .duplicateMember }
      skipSpace()
      guard try next() == UInt8(ascii: ":") else { throw .unexpectedByte }
      members.append(JSONMember(name, try value()))
      skipSpace()
      switch try peek() {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "}"):
        leave()
        return .object(members)
      default: throw .unexpectedByte
      }
    }
  }

  private mutating func array() throws(JSONFault) -> JSONValue {
    try enter()
    var items: [JSONValue] = []
    skipSpace()
    if try peek() == UInt8(ascii: "]") {
      leave()
      return .array(items)
    }
    while true {
      items.append(try value())
      skipSpace()
      switch try peek() {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "]"):
        leave()
        return .array(items)
      default: throw .unexpectedByte
      }
    }
  }

  private mutating func literal(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONFault) -> JSONValue {
    for byte in word.description.utf8 {
      guard try next() == byte else { throw .unexpectedByte }
    }
    return value
  }

  /// `-?(0|[1-9][0-9]*)` and nothing after it that would make it another number.
  private mutating func integer() throws(JSONFault) -> JSONValue {
    let negative = bytes[index] == UInt8(ascii: "-")
    if negative { index += 1 }
    let start = index
    var magnitude: Int64 = 0
    while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9")
    {
      // At most 2^53 before the step, so that ten times it cannot overflow.
      magnitude = magnitude * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
      guard magnitude <= JSONValue.largestInteger else { throw .notAnInteger }
      index += 1
    }
    let digits = index - start
    guard digits > 0 else { throw index == bytes.count ? .truncated : .unexpectedByte }
    guard digits == 1 || bytes[start] != UInt8(ascii: "0") else { throw .notAnInteger }
    guard !(negative && magnitude == 0) else { throw .notAnInteger }
    if index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): throw .notAnInteger
      default: break
      }
    }
    return .integer(negative ? -magnitude : magnitude)
  }

  // MARK: Strings

  private mutating func string() throws(JSONFault) -> String {
    index += 1
    var text: [UInt8] = []
    while true {
      // A whole run at a time: forms are long, and a ledger is read at every step.
      let start = index
      while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
        bytes[index] != UInt8(ascii: "\\")
      {
        index += 1
      }
      text.append(contentsOf: bytes[start..<index])
      switch try next() {
      case UInt8(ascii: "\""):
        // The whole input is UTF-8 and escapes append whole scalars: this cannot fail.
        guard let string = String(validating: text, as: UTF8.self) else { throw .notUTF8 }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      default: throw .invalidString
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
    switch try next() {
    case UInt8(ascii: "\""): text.append(0x22)
    case UInt8(ascii: "\\"): text.append(0x5c)
    case UInt8(ascii: "/"): text.append(0x2f)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code) {
        guard try next() == UInt8(ascii: "\\"), try next() == UInt8(ascii: "u") else {
          throw .invalidString
        }
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw .invalidString }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw .invalidString }
      text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    default: throw .invalidString
    }
  }

  private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      let byte = try next()
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw .invalidString
      }
      code = code << 4 | UInt32(digit)
    }
    return code
  }

  // MARK: Bytes

  private mutating func enter() throws(JSONFault) {
    guard depth < maximumDepth else { throw .tooDeep }
    depth += 1
    index += 1
  }

  private mutating func leave() {
    depth -= 1
    index += 1
  }

  private func peek() throws(JSONFault) -> UInt8 {
    guard index < bytes.count else { throw .truncated }
    return bytes[index]
  }

  private mutating func next() throws(JSONFault) -> UInt8 {
    let byte = try peek()
    index += 1
    return byte
  }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0a, 0x0d: index += 1
      default: return
      }
    }
  }
}
