// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import MLS
@testable import MLSInterop

/// What the interop service does with groups where drivers and other implementations are particular.
struct InteropGroupTests {
  private func ensemble(
    _ members: Int, suite: CipherSuite = .x25519AES128, isEncrypted: Bool = true
  ) throws -> Ensemble {
    var made = Ensemble(
      suite: UInt64(suite.number.rawValue), isEncrypted: isEncrypted, seed: 5, now: testTime)
    try made.found(members)
    return made
  }

  private func fields(_ reply: Reply) -> RequestFields { RequestFields(values: reply.values) }

  private func call(
    _ service: inout InteropService, _ method: String, _ params: [String: JSONValue]
  ) throws -> RequestFields {
    let line = JSONValue.object(["method": .text(method), "params": .object(params)]).line
    let written = service.answer(line)
    let text = try #require(written)
    let answer = try #require(JSONValue.object(ofLine: text))
    guard case .object(let result)? = answer["result"] else { throw ScenarioFailure("\(answer)") }
    return RequestFields(values: result)
  }

  @Test(arguments: [Grease.inCapabilities, .include])
  func `reserved values are no extensions unless that is asked for: RFC 9420 §13.5`(
    grease: Grease
  ) throws {
    let random = SystemRandom()
    var founder = InteropService(random: random, now: { testTime }, grease: grease)
    var joiner = InteropService(random: random, now: { testTime }, grease: grease)
    _ = try call(&founder, "CreateGroup", ["cipher_suite": .number(1)])
    let made = try call(&joiner, "CreateKeyPackage", ["cipher_suite": .number(1)])
    let keyPackage = try RequestFields.keyPackage(made.bytes("key_package"))
    #expect(keyPackage.leafNode.capabilities.extensions.contains { $0.isGREASE })
    #expect(keyPackage.extensions.isEmpty == (grease == .inCapabilities))
    let isPlain = grease == .inCapabilities
    for isOutside in [true, false] {
      let info = try call(
        &founder, "GroupInfo", ["state_id": .number(1), "external_tree": .bool(isOutside)]
      ).groupInfo()
      #expect(info.extensions.contains { $0.type.isGREASE } != isPlain)
    }
    let commit = try call(
      &founder, "Commit",
      [
        "state_id": .number(1),
        "by_value": .list([
          .object(["proposal_type": .text("add"), "key_package": made.values["key_package"]!])
        ]),
      ])
    guard case .newcomer(let newcomer)? = joiner.entries[1] else {
      throw ScenarioFailure("no newcomer")
    }
    let opened = try commit.welcome().open(with: newcomer.package, NoPreSharedKeys())
    #expect(opened.info.extensions.contains { $0.type.isGREASE } != isPlain)
  }

  @Test(arguments: CipherSuite.all, [true, false])
  func `what is proposed twice is committed as what it is`(
    suite: CipherSuite, isEncrypted: Bool
  ) throws {
    var ensemble = try ensemble(3, suite: suite, isEncrypted: isEncrypted)
    let (proposer, leaver) = (ensemble.members[0], ensemble.members[1])
    _ = try ensemble.proposeRemoval(leaver, proposer)
    _ = try ensemble.proposeChange([Ensemble.requiresNothing], proposer)
    let again = try ensemble.proposeRemoval(leaver, proposer)
    // The third member knows of this proposal alone.
    try ensemble.commit(by: proposer, references: [again], leavers: [leaver])
    #expect(throws: ScenarioFailure.self) { try ensemble.proposeRemoval(leaver, proposer) }
    try ensemble.verify()
  }

  @Test func `one's own Commit of all that waits lets data be sent: RFC 9420 §12.4`() throws {
    var ensemble = try ensemble(3)
    let (sender, listener) = (ensemble.members[0], ensemble.members[1])
    let proposal = try ensemble.proposeRemoval(ensemble.members[2], sender)
    #expect(throws: ScenarioFailure.self) { try ensemble.say(sender) }
    try sender.callState("Commit")
    // That one left the proposal out.
    #expect(throws: ScenarioFailure.self) { try ensemble.say(sender) }
    try sender.callState("Commit", ["by_reference": .list([proposal])])
    for _ in 0..<2 { try ensemble.hear(ensemble.say(sender), listener) }
    _ = try ensemble.proposeChange([Ensemble.requiresNothing], sender)
    #expect(throws: ScenarioFailure.self) { try ensemble.say(sender) }
    try ensemble.commit(by: sender, references: [proposal], leavers: [ensemble.members[2]])
    try ensemble.verify()
  }

  @Test func `an external signer is added with a proposal and nothing else`() throws {
    let ensemble = try ensemble(1)
    let made = try ensemble.members[0].call("CreateExternalSigner", ["cipher_suite": .number(1)])
    let added = try ensemble.members[0].callState(
      "AddExternalSigner", ["external_sender": made.bytes("external_sender")])
    #expect(Set(added.values.keys) == ["proposal"])
  }

  @Test func `a member alone can be freed`() throws {
    let one = try ensemble(1).members[0]
    let made = try one.call("CreateKeyPackage", ["cipher_suite": .number(1)])
    let signer = try one.call("CreateExternalSigner", ["cipher_suite": .number(1)])
    for id in [try made.number("transaction_id"), try signer.number("signer_id"), 99] {
      #expect(throws: ScenarioFailure.self) { try one.call("Free", ["state_id": .number(id)]) }
    }
    try one.call(
      "StorePSK", ["state_or_transaction_id": .number(made.number("transaction_id"))])
    try one.callState("Free")
  }

  @Test func `a KeyPackage that is no good is not proposed: RFC 9420 §10.1`() throws {
    let ensemble = try ensemble(2)
    let proposer = ensemble.members[0]
    let made = try proposer.call("CreateKeyPackage", ["cipher_suite": .number(1)])
    var forged = try fields(made).bytes("key_package")
    forged[forged.count - 1] ^= 1
    let other = try proposer.call("CreateKeyPackage", ["cipher_suite": .number(3)])
    for keyPackage in [.bytes(forged), try other.bytes("key_package")] {
      #expect(throws: ScenarioFailure.self) {
        try proposer.callState("AddProposal", ["key_package": keyPackage])
      }
    }
    try ensemble.verify()
  }

  @Test func `messages are opened far ahead, far behind and in reverse: RFC 9420 §15.3`() throws {
    let ensemble = try ensemble(2)
    let (speaker, listener) = (ensemble.members[1], ensemble.members[0])
    for _ in 0..<1100 { _ = try ensemble.say(speaker) }
    let spoken = try (0..<300).map { _ in try ensemble.say(speaker) }
    // One that is not opened, or says something else, is an error.
    for message in spoken.reversed() {
      #expect(throws: Never.self) { try ensemble.hear(message, listener) }
    }
  }

  @Test func `epochs and resumption keys of long ago are there`() throws {
    var ensemble = try ensemble(2)
    let (speaker, listener) = (ensemble.members[0], ensemble.members[1])
    var late: Ensemble.Spoken?
    for epoch in 2...259 {
      if epoch == 259 - 70 { late = try ensemble.say(speaker) }
      try ensemble.commit(by: speaker)
    }
    try ensemble.hear(#require(late), listener)
    try ensemble.commit(by: speaker, values: [ensemble.resumption(of: ensemble.epoch - 258)])
  }
}
