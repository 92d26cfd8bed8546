// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import MLS
import WireFormat

/// The fields of a request. As in proto3 a field that is missing is empty, zero or false; fields that
/// nobody asks for are passed over. `stateId` is read where `state_id` is meant, as proto3's own JSON
/// writes it.
struct RequestFields {
  let values: [String: JSONValue]

  private subscript(name: String) -> JSONValue {
    values[name] ?? values[Self.camelCase(name)] ?? .null
  }

  private static func camelCase(_ name: String) -> String {
    let parts = name.split(separator: "_")
    return parts.prefix(1).joined() + parts.dropFirst().map(\.capitalized).joined()
  }

  private func wrong(_ name: String, _ expected: String) -> InteropError {
    InteropError(.invalidArgument, "\(name): not \(expected)")
  }

  func bytes(_ name: String) throws -> [UInt8] { try Self.bytes(self[name], name) }

  private static func bytes(_ value: JSONValue, _ name: String) throws -> [UInt8] {
    switch value {
    case .null: return []
    case .text(let text):
      if let bytes = Self.base64(text) { return bytes }
      fallthrough
    default: throw InteropError(.invalidArgument, "\(name): not base64")
    }
  }

  /// Either alphabet, padded or not, as proto3's JSON reads it.
  private static func base64(_ text: String) -> [UInt8]? {
    var digits = text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    let missing = -(digits.count - padding) & 3
    // One digit left over is no byte.
    guard missing < 3, padding == missing || padding == 0 else { return nil }
    digits += [UInt8](repeating: UInt8(ascii: "="), count: missing - padding)
    return Data(base64Encoded: Data(digits)).map { Array($0) }
  }

  func bytesList(_ name: String) throws -> [[UInt8]] {
    try list(name).map { try Self.bytes($0, name) }
  }

  private func list(_ name: String) throws -> [JSONValue] {
    switch self[name] {
    case .null: return []
    case .list(let items): return items
    default: throw wrong(name, "a list")
    }
  }

  func objects(_ name: String) throws -> [RequestFields] {
    try list(name).map { item in
      guard case .object(let values) = item else { throw wrong(name, "a list of objects") }
      return RequestFields(values: values)
    }
  }

  func object(_ name: String) throws -> RequestFields {
    switch self[name] {
    case .null: return RequestFields(values: [:])
    case .object(let values): return RequestFields(values: values)
    default: throw wrong(name, "an object")
    }
  }

  func text(_ name: String) throws -> String {
    switch self[name] {
    case .null: return ""
    case .text(let text): return text
    default: throw wrong(name, "a string")
    }
  }

  func flag(_ name: String) throws -> Bool {
    switch self[name] {
    case .null: return false
    case .bool(let value): return value
    default: throw wrong(name, "true or false")
    }
  }

  func uint64(_ name: String) throws -> UInt64 {
    switch self[name] {
    case .null: return 0
    case .number(let value): return value
    // proto3's JSON writes 64-bit integers as strings.
    case .text(let text):
      if let value = UInt64(text) { return value }
      fallthrough
    default: throw wrong(name, "an unsigned integer")
    }
  }

  func uint32(_ name: String) throws -> UInt32 {
    guard let value = UInt32(exactly: try uint64(name)) else { throw wrong(name, "of 32 bits") }
    return value
  }

  private func uint16(_ name: String) throws -> UInt16 {
    guard let value = UInt16(exactly: try uint64(name)) else { throw wrong(name, "of 16 bits") }
    return value
  }

  // MARK: MLS

  /// The suite of `cipher_suite`.
  func suite() throws -> CipherSuite {
    guard let suite = CipherSuite(rawValue: try uint16("cipher_suite")) else {
      throw InteropError(.invalidArgument, "cipher_suite: not one of SupportedCiphersuites")
    }
    return suite
  }

  /// `repeated Extension extensions`.
  func extensions() throws -> [Extension] {
    try objects("extensions").map {
      Extension(
        type: ExtensionType(rawValue: try $0.uint16("extension_type")),
        data: try $0.bytes("extension_data"))
    }
  }

  func message(_ name: String) throws -> MLSMessage { try Self.message(bytes(name), name) }

  static func message(_ bytes: [UInt8], _ name: String) throws -> MLSMessage {
    do {
      return try MLSMessage(wireBytes: bytes)
    } catch {
      throw InteropError(.invalidArgument, "\(name): no MLSMessage (\(error))")
    }
  }

  static func keyPackage(_ bytes: [UInt8]) throws -> KeyPackage {
    guard case .keyPackage(let package) = try message(bytes, "key_package") else {
      throw InteropError(.invalidArgument, "key_package: another kind of message")
    }
    return package
  }

  func welcome() throws -> Welcome {
    guard case .welcome(let welcome) = try message("welcome") else {
      throw InteropError(.invalidArgument, "welcome: another kind of message")
    }
    return welcome
  }

  func groupInfo() throws -> GroupInfo {
    guard case .groupInfo(let info) = try message("group_info") else {
      throw InteropError(.invalidArgument, "group_info: another kind of message")
    }
    return info
  }

  /// `ratchet_tree`; nil where it is empty.
  func ratchetTree() throws -> UnverifiedRatchetTree? {
    let bytes = try bytes("ratchet_tree")
    guard !bytes.isEmpty else { return nil }
    do {
      return try UnverifiedRatchetTree(wireBytes: bytes)
    } catch {
      throw InteropError(.invalidArgument, "ratchet_tree: no tree (\(error))")
    }
  }
}
