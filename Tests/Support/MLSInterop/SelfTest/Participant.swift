// SPDX-License-Identifier: Apache-2.0

/// Somebody in a scenario: a service that is spoken to in lines, and the ids that it gave.
final class Participant {
  let name: String
  private let send: (String) -> String
  var state: UInt64 = 0
  var transaction: UInt64 = 0
  var signer: UInt64 = 0
  /// The epoch in which it came in.
  var joined: UInt64 = 0

  init(_ name: String, send: @escaping (String) -> String) {
    self.name = name
    self.send = send
  }

  var identity: JSONValue { .bytes(Array(name.utf8)) }

  /// The result of a call, or the error that it answers with.
  @discardableResult
  func call(_ method: String, _ params: [String: JSONValue]) throws -> Reply {
    let answer = send(
      JSONValue.object(["id": .number(1), "method": .text(method), "params": .object(params)]).line)
    guard case .object(let values)? = JSONValue.object(ofLine: answer)?["result"] else {
      throw ScenarioFailure("\(name): \(method): \(answer)")
    }
    return Reply(what: "\(name): \(method)", values: values)
  }

  /// A call on this participant's state.
  @discardableResult
  func callState(_ method: String, _ params: [String: JSONValue] = [:]) throws -> Reply {
    var params = params
    params["state_id"] = .number(state)
    return try call(method, params)
  }
}

/// The fields of a result.
struct Reply {
  let what: String
  let values: [String: JSONValue]

  func bytes(_ name: String) throws -> JSONValue {
    guard let value = values[name], case .text = value else {
      throw ScenarioFailure("\(what): no \(name)")
    }
    return value
  }

  func number(_ name: String) throws -> UInt64 {
    guard case .number(let value)? = values[name] else {
      throw ScenarioFailure("\(what): no \(name)")
    }
    return value
  }
}

/// What went otherwise than a scenario says.
public struct ScenarioFailure: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
