// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import Primitives
import RelayProtocol
import WireFormat

/// The header fields of a request as values; whatever is not exactly one of them is malformed.
struct Fields {
  private let headers: HTTPFields

  init(_ request: Request) { headers = request.headers }

  static let channel = name(HeaderName.channel)
  static let channelClass = name(HeaderName.channelClass)
  static let envelope = name(HeaderName.envelope)
  static let postage = name(HeaderName.postage)
  static let turn = name(HeaderName.turn)
  static let at = name(HeaderName.at)
  static let incarnation = name(HeaderName.incarnation)
  static let sequence = name(HeaderName.sequence)
  static let chain = name(HeaderName.chain)
  static let expires = name("Alcove-Expires")
  static let head = name(HeaderName.head)
  static let receipt = name(HeaderName.receipt)
  static let replay = name(HeaderName.replay)

  /// The names are constants, and every constant is a token of RFC 9110.
  static func name(_ text: String) -> HTTPField.Name {
    HTTPField.Name(text) ?? .trailer
  }

  func has(_ field: HTTPField.Name) -> Bool { headers.contains(field) }

  /// A field that is there exactly once.
  func text(_ field: HTTPField.Name) throws(RelayError) -> String {
    // One pass and no list: subscripts of the library put all values of a name together.
    var found: String?
    for header in headers where header.name == field {
      guard found == nil else { throw .refused(.malformed) }
      found = header.value
    }
    guard let found else { throw .refused(.malformed) }
    return found
  }

  /// The length that was stated for the body; the greatest there is for one that no number holds.
  func contentLength() throws(RelayError) -> Int {
    guard has(.contentLength) else { throw .refused(.lengthRequired) }
    let text = try text(.contentLength)
    if let length = Int(text) { return length }
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .refused(.lengthRequired)
    }
    return .max
  }

  func value<T: OpaqueBytes>(_ field: HTTPField.Name) throws(RelayError) -> T {
    try Self.value(text(field)[...])
  }

  /// Values separated by dots.
  func list(_ field: HTTPField.Name, count: Int) throws(RelayError) -> [Substring] {
    let parts = try text(field).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == count else { throw .refused(.malformed) }
    return parts
  }

  /// The bearer token. A malformed one opens nothing, like any other that is none.
  func token() throws(RelayError) -> AccessToken {
    let value = try text(.authorization)
    // RFC 9110 §11.1: a scheme is the same in whatever case.
    guard value.prefix(7).lowercased() == "bearer " else { throw .refused(.malformed) }
    do {
      return try AccessToken(bytes: Self.bytes(value.dropFirst(7), count: 32))
    } catch {
      throw .refused(.malformed)
    }
  }

  /// `Alcove-At: seq.chain`, if it is there.
  func at() throws(RelayError) -> LogAt? {
    guard has(Self.at) else { return nil }
    let parts = try list(Self.at, count: 2)
    return LogAt(
      position: Position(try Self.number(parts[0], default: nil)),
      chain: try Self.value(parts[1]))
  }

  static func value<T: OpaqueBytes>(_ text: Substring) throws(RelayError) -> T {
    T(checked: try bytes(text, count: T.length))
  }

  static func bytes(_ text: Substring, count: Int) throws(RelayError) -> [UInt8] {
    // Four characters hold three bytes; longer texts are not looked at.
    guard text.utf8.count <= count / 3 * 4 + 3, let bytes = Base64URL.decode(text),
      bytes.count == count
    else { throw .refused(.malformed) }
    return bytes
  }

  /// A decimal number without sign or leading zeros.
  static func number(_ text: Substring?, default: UInt64?) throws(RelayError) -> UInt64 {
    guard let text else {
      guard let value = `default` else { throw .refused(.malformed) }
      return value
    }
    guard let value = UInt64(text), String(value) == text, value <= UInt64(Int64.max) else {
      throw .refused(.malformed)
    }
    return value
  }

  static func text(_ value: some OpaqueBytes) -> String { Base64URL.encode(value.bytes) }
}
