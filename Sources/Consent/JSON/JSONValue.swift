// SPDX-License-Identifier: Apache-2.0

/// A JSON value as a consent line may hold it: no fractions, no floating point, members in order.
///
/// Text is compared by its bytes. Swift's own `==` on strings follows canonical equivalence, under
/// which the Kelvin sign equals the letter K; two readers of a signed line must not differ on that.
public indirect enum JSONValue: Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The largest magnitude of an integer, 2^53 - 1: what every JSON reader holds exactly (RFC 7493 §2.2).
  public static let largestInteger: Int64 = 9_007_199_254_740_991
}

/// One name and its value in an object.
public struct JSONMember: Equatable, Sendable {
  public var name: String
  public var value: JSONValue

  public init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }

  public static func == (one: JSONMember, other: JSONMember) -> Bool {
    one.name.utf8.elementsEqual(other.name.utf8) && one.value == other.value
  }
}

extension JSONValue: Equatable {
  public static func == (one: JSONValue, other: JSONValue) -> Bool {
    switch (one, other) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }
}
