// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// JSON as it is read and written, line by line.
public enum JSONValue: Codable, Hashable, Sendable {
  case null
  case bool(Bool)
  /// The protocol has no numbers but unsigned ones.
  case number(UInt64)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Bytes, in base64.
  static func bytes(_ bytes: [UInt8]) -> JSONValue { .text(Data(bytes).base64EncodedString()) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
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
  static func object(ofLine line: String) -> [String: JSONValue]? {
    try? JSONDecoder().decode([String: JSONValue].self, from: Data(line.utf8))
  }
}
