// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import MLS
@testable import MLSInterop

/// Speaks with one interop service, as the working group's driver does.
struct InteropDriver {
  var service: InteropService

  init(now: @escaping @Sendable () -> UInt64 = { testTime }) {
    service = InteropService(random: SystemRandom(), now: now)
  }

  mutating func ask(
    _ method: String, _ params: [String: JSONValue]
  ) throws -> [String: JSONValue] {
    let line = JSONValue.object(["method": .text(method), "params": .object(params)]).line
    let answer = service.answer(line)
    let text = try #require(answer)
    return try #require(JSONValue.object(ofLine: text))
  }

  mutating func call(
    _ method: String, _ params: [String: JSONValue]
  ) throws -> [String: JSONValue] {
    guard case .object(let result)? = try ask(method, params)["result"] else {
      throw ScenarioFailure(method)
    }
    return result
  }

  mutating func code(_ method: String, _ params: [String: JSONValue]) throws -> JSONValue? {
    guard case .object(let error)? = try ask(method, params)["error"] else { return nil }
    return error["code"]
  }

  mutating func keyPackage(_ identity: String) throws -> [String: JSONValue] {
    try call(
      "CreateKeyPackage",
      ["cipher_suite": .number(1), "identity": .bytes(Array(identity.utf8))])
  }

  /// A group of two, the first of whom has founded it: their states, and what the second came in with.
  mutating func pair() throws -> (
    founder: JSONValue, joiner: JSONValue, join: [String: JSONValue]
  ) {
    let group = try call(
      "CreateGroup",
      [
        "cipher_suite": .number(1), "group_id": .bytes([1]), "identity": .bytes(Array("a".utf8)),
      ])
    let founder = try #require(group["state_id"])
    let made = try keyPackage("b")
    let add = JSONValue.object([
      "proposal_type": .text("add"), "key_package": try #require(made["key_package"]),
    ])
    let commit = try call("Commit", ["state_id": founder, "by_value": .list([add])])
    _ = try call("HandlePendingCommit", ["state_id": founder])
    let transaction = try #require(made["transaction_id"])
    let join = ["transaction_id": transaction, "welcome": try #require(commit["welcome"])]
    let joined = try call("JoinGroup", join)
    let joiner = try #require(joined["state_id"])
    return (founder, joiner, join)
  }
}
