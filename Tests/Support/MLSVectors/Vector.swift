// SPDX-License-Identifier: Apache-2.0

/// One vector of one kind: what its JSON object holds, and how it is verified.
///
/// The property names are those of the file in camel case; the kinds and their rules are described in
/// the format document of the working group's vectors.
protocol Vector: Decodable, SendableMetatype {
  /// The kind, as its file is usually named.
  static var kind: String { get }
  /// Names that together stand in objects of this kind only.
  static var signature: Set<String> { get }
  /// The cipher suite, nil for a kind that has none.
  var suite: UInt16? { get }
  /// Throws where the vector does not hold.
  func verify() throws
}

/// What did not hold.
struct VectorFailure: Error, CustomStringConvertible {
  let description: String
}

/// Fails the vector, naming what was compared.
func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
  guard condition else { throw VectorFailure(description: what()) }
}

/// Fails the vector where a value is absent.
func require<Value>(_ value: Value?, _ what: @autoclosure () -> String) throws -> Value {
  guard let value else { throw VectorFailure(description: what()) }
  return value
}
