// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import MLS
@testable import MLSInterop

/// What the interop service keeps, and what it answers to calls that come at the wrong time.
struct InteropStateTests {
  private var service = InteropService(random: SystemRandom(), now: testTime)

  private mutating func ask(
    _ method: String, _ params: [String: JSONValue]
  ) throws -> [String: JSONValue] {
    let line = JSONValue.object(["method": .text(method), "params": .object(params)]).line
    let answer = service.answer(line)
    let text = try #require(answer)
    return try #require(JSONValue.object(ofLine: text))
  }

  private mutating func call(
    _ method: String, _ params: [String: JSONValue]
  ) throws -> [String: JSONValue] {
    guard case .object(let result)? = try ask(method, params)["result"] else {
      throw ScenarioFailure(method)
    }
    return result
  }

  private mutating func code(_ method: String, _ params: [String: JSONValue]) throws -> JSONValue? {
    guard case .object(let error)? = try ask(method, params)["error"] else { return nil }
    return error["code"]
  }

  private mutating func keyPackage(_ identity: String) throws -> [String: JSONValue] {
    try call(
      "CreateKeyPackage",
      ["cipher_suite": .number(1), "identity": .bytes(Array(identity.utf8))])
  }

  /// A group of two, the first of whom has founded it: their states, and what the second came in with.
  private mutating func pair() throws -> (
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

  @Test mutating func `a KeyPackage leads to one group`() throws {
    let join = try pair().join
    #expect(try code("JoinGroup", join) == .text("NOT_FOUND"))
  }

  @Test mutating func `who was not in a group is in none that is branched from it: RFC 9420 §11.3`()
    throws
  {
    let (founder, joiner, _) = try pair()
    for name in ["stranger", "b"] {
      let made = try keyPackage(name)
      let package = try #require(made["key_package"])
      let branch: [String: JSONValue] = [
        "state_id": founder, "group_id": .bytes([2]), "key_packages": .list([package]),
      ]
      guard name == "b" else {
        #expect(try code("CreateBranch", branch) == .text("ABORTED"))
        continue
      }
      let branched = try call("CreateBranch", branch)
      let welcome: [String: JSONValue] = [
        "state_id": joiner, "transaction_id": try #require(made["transaction_id"]),
        "welcome": try #require(branched["welcome"]),
      ]
      _ = try call("HandleBranch", welcome)
      #expect(try code("HandleBranch", welcome) == .text("NOT_FOUND"))
    }
  }

  @Test mutating func `a ReInit's Commit holds one, and a closed group sends nothing`() throws {
    let founder = try pair().founder
    #expect(try code("ReInitCommit", ["state_id": founder]) == .text("FAILED_PRECONDITION"))
    #expect(
      try code("HandlePendingCommit", ["state_id": founder]) == .text("FAILED_PRECONDITION"))
    let reInit = try call(
      "ReInitProposal", ["state_id": founder, "group_id": .bytes([3]), "cipher_suite": .number(1)])
    let proposal = try #require(reInit["proposal"])
    _ = try call("ReInitCommit", ["state_id": founder, "by_reference": .list([proposal])])
    let closed = try call("HandlePendingReInitCommit", ["state_id": founder])
    #expect(closed["reinit_id"] != nil)
    #expect(
      try code("Protect", ["state_id": founder, "plaintext": .bytes([1])])
        == .text("FAILED_PRECONDITION"))
    #expect(
      try code(
        "Export", ["state_id": founder, "label": .text("x"), "key_length": .number(8_161)])
        == .text("INVALID_ARGUMENT"))
  }
}
