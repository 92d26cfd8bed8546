// SPDX-License-Identifier: Apache-2.0

import Primitives
import Synchronization
import Testing

@testable import MLS
@testable import MLSInterop

/// What the interop service keeps, and what it answers to calls that come at the wrong time.
struct InteropStateTests {
  private var driver = InteropDriver()

  @Test mutating func `a KeyPackage leads to one group`() throws {
    let join = try driver.pair().join
    #expect(try driver.code("JoinGroup", join) == .text("NOT_FOUND"))
  }

  @Test mutating func `who was not in a group is in none that is branched from it: RFC 9420 §11.3`()
    throws
  {
    let (founder, joiner, _) = try driver.pair()
    for name in ["stranger", "b"] {
      let made = try driver.keyPackage(name)
      let package = try #require(made["key_package"])
      let branch: [String: JSONValue] = [
        "state_id": founder, "group_id": .bytes([2]), "key_packages": .list([package]),
      ]
      guard name == "b" else {
        #expect(try driver.code("CreateBranch", branch) == .text("ABORTED"))
        continue
      }
      let branched = try driver.call("CreateBranch", branch)
      let welcome: [String: JSONValue] = [
        "state_id": joiner, "transaction_id": try #require(made["transaction_id"]),
        "welcome": try #require(branched["welcome"]),
      ]
      _ = try driver.call("HandleBranch", welcome)
      #expect(try driver.code("HandleBranch", welcome) == .text("NOT_FOUND"))
    }
  }

  @Test mutating func `a ReInit's Commit holds one, and a closed group sends nothing`() throws {
    let founder = try driver.pair().founder
    #expect(try driver.code("ReInitCommit", ["state_id": founder]) == .text("FAILED_PRECONDITION"))
    #expect(
      try driver.code("HandlePendingCommit", ["state_id": founder]) == .text("FAILED_PRECONDITION"))
    let reInit = try driver.call(
      "ReInitProposal", ["state_id": founder, "group_id": .bytes([3]), "cipher_suite": .number(1)])
    let proposal = try #require(reInit["proposal"])
    _ = try driver.call("ReInitCommit", ["state_id": founder, "by_reference": .list([proposal])])
    let closed = try driver.call("HandlePendingReInitCommit", ["state_id": founder])
    #expect(closed["reinit_id"] != nil)
    #expect(
      try driver.code("Protect", ["state_id": founder, "plaintext": .bytes([1])])
        == .text("FAILED_PRECONDITION"))
    #expect(
      try driver.code(
        "Export", ["state_id": founder, "label": .text("x"), "key_length": .number(8_161)])
        == .text("INVALID_ARGUMENT"))
  }

  @Test mutating func `a KeyPackage made after the service began is added`() throws {
    let time = Mutex(testTime)
    driver = InteropDriver { time.withLock { $0 } }
    let (founder, _, _) = try driver.pair()
    time.withLock { $0 += 40 * 86_400 }
    let late = try driver.keyPackage("d")
    time.withLock { $0 -= 40 * 86_400 }
    let package = try #require(late["key_package"])
    let add: [String: JSONValue] = ["state_id": founder, "key_package": package]
    #expect(try driver.code("AddProposal", add) == .text("ABORTED"))
    time.withLock { $0 += 40 * 86_400 }
    _ = try driver.call("AddProposal", add)
  }

  @Test mutating func `a proposal that the Commit does not refer to is in nobody's way`() throws {
    let (founder, joiner, _) = try driver.pair()
    let old = try driver.call("UpdateProposal", ["state_id": founder])
    let stale = try #require(old["proposal"])
    func commit(_ driver: inout InteropDriver, _ from: JSONValue) throws -> JSONValue {
      let made = try driver.call("Commit", ["state_id": from, "force_path": .bool(true)])
      return try #require(made["commit"])
    }
    let first = try commit(&driver, joiner)
    _ = try driver.call("HandlePendingCommit", ["state_id": joiner])
    _ = try driver.call("HandleCommit", ["state_id": founder, "commit": first])
    let second = try commit(&driver, founder)
    _ = try driver.call("HandlePendingCommit", ["state_id": founder])
    let junk = JSONValue.bytes([0, 1, 0, 1])
    let handled = try driver.call(
      "HandleCommit",
      ["state_id": joiner, "commit": second, "proposal": .list([stale, junk])])
    let own = try driver.call("StateAuth", ["state_id": founder])
    #expect(handled["epoch_authenticator"] == own["state_auth_secret"])
  }

  @Test mutating func `who has seen its removal reads, and sends nothing — RFC 9420 §12.4.2`()
    throws
  {
    let (founder, joiner, _) = try driver.pair()
    let said = try driver.call("Protect", ["state_id": founder, "plaintext": .bytes([7])])
    let remove = JSONValue.object([
      "proposal_type": .text("remove"), "removed_id": .bytes(Array("b".utf8)),
    ])
    let made = try driver.call("Commit", ["state_id": founder, "by_value": .list([remove])])
    let handle = ["state_id": joiner, "commit": try #require(made["commit"])]
    #expect(try driver.code("HandleCommit", handle) == .text("FAILED_PRECONDITION"))
    for (method, fields) in [
      ("Protect", ["plaintext": JSONValue.bytes([1])]), ("Commit", [:]), ("UpdateProposal", [:]),
      ("GroupInfo", [:]), ("HandleCommit", handle),
    ] {
      let params = fields.merging(["state_id": joiner]) { own, _ in own }
      #expect(try driver.code(method, params) == .text("FAILED_PRECONDITION"))
    }
    let ciphertext = try #require(said["ciphertext"])
    let read = try driver.call("Unprotect", ["state_id": joiner, "ciphertext": ciphertext])
    #expect(read["plaintext"] == .bytes([7]))
    _ = try driver.call("Free", ["state_id": joiner])
  }

  @Test mutating func `a sender outside stands where the driver says, or where its key does`()
    throws
  {
    let (founder, joiner, _) = try driver.pair()
    for name in ["x", "y"] {
      let signer = try driver.call(
        "CreateExternalSigner",
        ["cipher_suite": .number(1), "identity": .bytes(Array(name.utf8))])
      let added = try driver.call(
        "AddExternalSigner",
        ["state_id": founder, "external_sender": try #require(signer["external_sender"])])
      let proposal = try #require(added["proposal"])
      let made = try driver.call(
        "Commit", ["state_id": founder, "by_reference": .list([proposal])])
      _ = try driver.call("HandlePendingCommit", ["state_id": founder])
      _ = try driver.call(
        "HandleCommit",
        [
          "state_id": joiner, "commit": try #require(made["commit"]),
          "proposal": .list([proposal]),
        ])
      guard name == "y" else { continue }
      let info = try driver.call("GroupInfo", ["state_id": founder])
      for (index, isRight) in [(0, true), (1, true), (7, false)] as [(UInt64, Bool)] {
        let remove = JSONValue.object([
          "proposal_type": .text("remove"), "removed_id": .bytes(Array("b".utf8)),
        ])
        let proposed = try driver.call(
          "ExternalSignerProposal",
          [
            "signer_id": try #require(signer["signer_id"]), "signer_index": .number(index),
            "group_info": try #require(info["group_info"]), "description": remove,
          ])
        let commit: [String: JSONValue] = [
          "state_id": founder, "by_reference": .list([try #require(proposed["proposal"])]),
        ]
        #expect(try (driver.code("Commit", commit) == nil) == isRight)
      }
    }
  }
}
