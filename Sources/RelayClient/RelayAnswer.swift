// SPDX-License-Identifier: Apache-2.0

import NIOHTTP1
import Primitives
import RelayProtocol

/// A complete answer, bounded, not yet believed.
struct RelayAnswer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: [UInt8]

  /// The one value of a field; a field that comes twice is none.
  func field(_ name: String, limit: Int = 512) throws(RelayError) -> String {
    let values = headers[name]
    guard values.count == 1, let value = values.first, value.utf8.count <= limit else {
      throw .malformedAnswer
    }
    return value
  }

  func bytes<Value: OpaqueBytes>(_ name: String, as type: Value.Type) throws(RelayError) -> Value {
    guard let bytes = Base64URL.decode(try field(name)), let value = try? Value(bytes: bytes) else {
      throw .malformedAnswer
    }
    return value
  }

  func position(_ name: String) throws(RelayError) -> Position {
    let text = try field(name)
    // Digits alone, without sign or leading zeros: one spelling for each number.
    guard let number = UInt64(text), String(number) == text else { throw .malformedAnswer }
    return Position(number)
  }

  func incarnation() throws(RelayError) -> Incarnation {
    try bytes(HeaderName.incarnation, as: Incarnation.self)
  }

  /// Whether the body is of a media type, whatever its parameters.
  func isOf(_ type: String) -> Bool {
    func essence(_ text: String) -> String {
      String(text.split(separator: ";").first ?? "").lowercased()
        .trimmingPrefix(while: \.isWhitespace).split(separator: " ").joined()
    }
    return headers["Content-Type"].first.map { essence($0) == essence(type) } ?? false
  }

  /// What an answer that is no success means.
  func refusal() -> RelayError {
    guard let problem = problem() else {
      // Not the relay but something in front of it may answer 502: nobody knows what happened.
      return status >= 500 ? .outcomeUnknown : .malformedAnswer
    }
    do {
      switch problem {
      case .tokenRetired:
        return .tokenRetired(last: try position(HeaderName.sequence))
      case .notAt:
        return .notAt(
          LogAt(
            position: try position(HeaderName.head),
            chain: try bytes(HeaderName.chain, as: ChainHash.self)))
      case .outcomeUnknown:
        return .outcomeUnknown
      default:
        return .refused(problem)
      }
    } catch {
      return error
    }
  }

  /// The named problem; only the status that belongs to it makes it one.
  private func problem() -> RelayProblem? {
    guard isOf(HeaderName.problemType), let document = ProblemDocument(json: body) else {
      return nil
    }
    let prefix = "urn:alcove:error:"
    guard document.type.hasPrefix(prefix),
      let problem = RelayProblem(rawValue: String(document.type.dropFirst(prefix.count))),
      problem.status == status
    else { return nil }
    return problem
  }
}
