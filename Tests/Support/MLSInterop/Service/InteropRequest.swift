// SPDX-License-Identifier: Apache-2.0

/// A line as the call that it asks for, under whichever names its driver gives the parts.
///
/// `method` is behind the last `/` or `.`, and neither capitals nor `_` matter: CreateGroup is
/// `/mls_client.MLSClient/CreateGroup` and `create_group`. `params` are an object, alone in a list, or
/// nothing: `[]` and `""`. Without `params` the fields stand beside the method. The whole call may
/// stand within `params` of a line that has no method.
struct InteropRequest {
  /// The first of them that is there and not null counts.
  private static let methodKeys = [
    "method", "rpc", "op", "cmd", "command", "operation", "action", "type", "name",
  ]
  private static let paramsKeys = ["params", "request", "args", "arguments", "payload"]
  private static let echoedKeys = ["id", "jsonrpc"]

  private let values: [String: JSONValue]
  private var params: JSONValue? { Self.first(of: Self.paramsKeys, in: values) }

  init(_ line: [String: JSONValue]) {
    guard
      Self.first(of: Self.methodKeys, in: line) == nil,
      case .object(var inner)? = Self.first(of: Self.paramsKeys, in: line),
      Self.first(of: Self.methodKeys, in: inner) != nil
    else {
      values = line
      return
    }
    for key in Self.echoedKeys { inner[key] = line[key] ?? inner[key] }
    values = inner
  }

  /// Whether the fields stand beside the method.
  var isFlat: Bool { params == nil }

  /// What of the line comes back with the answer.
  var echo: [String: JSONValue] {
    ["id": values["id"] ?? .null].merging(values.filter { $0.key == "jsonrpc" }) { own, _ in own }
  }

  /// The name of the method, ``plain(_:)``.
  func method() throws -> String {
    switch Self.first(of: Self.methodKeys, in: values) {
    case .text(let name)?: return Self.plain(name)
    case nil: throw InteropError(.invalidArgument, "method: missing")
    default: throw InteropError(.invalidArgument, "method: not a string")
    }
  }

  func fields() throws -> RequestFields {
    RequestFields(values: try params.map(Self.object) ?? values)
  }

  /// Keys that may be meant as the method or the fields: without a method all are, and beside one
  /// those with an object in them, which no field has but `description`.
  var unknownKeys: [String] {
    let hasMethod = Self.first(of: Self.methodKeys, in: values) != nil
    guard isFlat || !hasMethod else { return [] }
    let known = Self.methodKeys + Self.paramsKeys + Self.echoedKeys + ["description"]
    return values.filter { key, value in
      if case .object = value { return !known.contains(key) }
      return !hasMethod && !known.contains(key)
    }.keys.sorted()
  }

  /// A method's name without what drivers write differently.
  static func plain(_ name: String) -> String {
    let last = name.split { $0 == "/" || $0 == "." }.last ?? ""
    return last.lowercased().filter { $0 != "_" }
  }

  private static func first(of keys: [String], in values: [String: JSONValue]) -> JSONValue? {
    for key in keys {
      if let value = values[key], value != .null { return value }
    }
    return nil
  }

  /// The fields in `params`, which may wrap them once more.
  private static func object(_ params: JSONValue) throws -> [String: JSONValue] {
    switch params {
    case .object(let values):
      guard values.count == 1, let inner = first(of: paramsKeys, in: values) else { return values }
      return try object(inner)
    case .list(let items) where items.count == 1: return try object(items[0])
    case .list([]), .text(""): return [:]
    default: throw InteropError(.invalidArgument, "params: not an object")
    }
  }
}
