// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// JSON as it is read and written, line by line.
public enum JSONValue: Encodable, Hashable, Sendable {
  case null
  case bool(Bool)
  /// The protocol has no numbers but unsigned ones.
  case number(UInt64)
  /// What no field holds: a number below zero, beyond 64 bits or with a fraction. An `id` may be one.
  case otherNumber(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Bytes, in base64.
  static func bytes(_ bytes: [UInt8]) -> JSONValue { .text(Data(bytes).base64EncodedString()) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .otherNumber(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// One line without its end.
  var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// The object of a line; nil where it is none.
  public static func object(ofLine line: String) -> [String: JSONValue]? {
    guard case .object(let values)? = JSONLineReader.value(of: Array(line.utf8)) else { return nil }
    return values
  }
}
