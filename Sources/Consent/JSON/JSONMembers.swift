// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// Takes the members of one object by name, and at the end refuses those that nobody took.
///
/// An unknown member of a signed line is an error, not an extension: what a reader skips, a court
/// would not.
struct JSONMembers {
  private var members: [JSONMember]

  init(_ value: JSONValue) throws(ConsentError) {
    guard case .object(let members) = value else { throw .line(.wrongType) }
    self.members = members
  }

  mutating func take(_ name: StaticString) -> JSONValue? {
    let wanted = name.description.utf8
    guard let index = members.firstIndex(where: { $0.name.utf8.elementsEqual(wanted) }) else {
      return nil
    }
    return members.remove(at: index).value
  }

  func finish() throws(ConsentError) {
    guard members.isEmpty else { throw .line(.unknownMember) }
  }

  // MARK: Required members

  mutating func value(_ name: StaticString) throws(ConsentError) -> JSONValue {
    guard let value = take(name) else { throw .line(.missingMember) }
    return value
  }

  /// Text for people: neither empty nor longer than `limit` bytes, without characters that could
  /// drive a terminal or turn the order of what is read.
  mutating func text(
    _ name: StaticString, limit: Int = TextRule.shortLimit
  ) throws(ConsentError) -> String {
    let text = try string(name)
    try TextRule.check(text, limit: limit)
    return text
  }

  mutating func string(_ name: StaticString) throws(ConsentError) -> String {
    guard case .string(let text) = try value(name) else { throw .line(.wrongType) }
    return text
  }

  mutating func boolean(_ name: StaticString) throws(ConsentError) -> Bool {
    guard case .boolean(let value) = try value(name) else { throw .line(.wrongType) }
    return value
  }

  mutating func integer(
    _ name: StaticString, in range: ClosedRange<Int64>
  ) throws(ConsentError) -> Int64 {
    guard case .integer(let value) = try value(name) else { throw .line(.wrongType) }
    guard range.contains(value) else { throw .line(.outOfRange) }
    return value
  }

  mutating func array(_ name: StaticString, limit: Int = 64) throws(ConsentError) -> [JSONValue] {
    guard case .array(let items) = try value(name) else { throw .line(.wrongType) }
    guard items.count <= limit else { throw .line(.outOfRange) }
    return items
  }

  /// A list of texts for people.
  mutating func texts(_ name: StaticString) throws(ConsentError) -> [String] {
    var texts: [String] = []
    for item in try array(name) {
      guard case .string(let text) = item else { throw .line(.wrongType) }
      try TextRule.check(text, limit: TextRule.shortLimit)
      texts.append(text)
    }
    return texts
  }

  mutating func object(_ name: StaticString) throws(ConsentError) -> JSONMembers {
    try JSONMembers(try value(name))
  }

  mutating func time(_ name: StaticString) throws(ConsentError) -> ConsentTime {
    guard let time = ConsentTime(rfc3339: try string(name)) else { throw .line(.time) }
    return time
  }

  mutating func bytes(_ name: StaticString, count: Int) throws(ConsentError) -> [UInt8] {
    let bytes = try Encoded.bytes(of: try string(name))
    guard bytes.count == count else { throw .line(.outOfRange) }
    return bytes
  }

  // MARK: Optional members

  mutating func optionalText(_ name: StaticString) throws(ConsentError) -> String? {
    guard has(name) else { return nil }
    return try text(name)
  }

  mutating func optionalBytes(_ name: StaticString, count: Int) throws(ConsentError) -> [UInt8]? {
    guard has(name) else { return nil }
    return try bytes(name, count: count)
  }

  mutating func optionalObject(_ name: StaticString) throws(ConsentError) -> JSONMembers? {
    guard has(name) else { return nil }
    return try object(name)
  }

  func has(_ name: StaticString) -> Bool {
    let wanted = name.description.utf8
    return members.contains { $0.name.utf8.elementsEqual(wanted) }
  }
}
