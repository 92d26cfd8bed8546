// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// What a group takes and refuses beyond the forgeries of single rules.
struct GroupRuleTests {
  @Test func `unknown capabilities and reserved values are ignored: RFC 9420 §13.5`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.capabilities.extensions.append(ExtensionType(rawValue: 0x0A0A))
    forged.contents.capabilities.proposals.append(ProposalType(rawValue: 0x1A1A))
    forged.contents.capabilities.credentials.append(CredentialType(rawValue: 0xEAEA))
    forged.contents.capabilities.cipherSuites.append(CipherSuite.Number(rawValue: 0x2A2A))
    forged.contents.extensions = [Extension(type: ExtensionType(rawValue: 0x0A0A), data: [1, 2])]
    forged.extensions = [Extension(type: ExtensionType(rawValue: 0x0A0A), data: [3])]
    let package = try forged.make()
    var (alice, bob) = try groupOfTwo()
    let pending = try alice.commit(
      [.add(package)], validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    #expect(bob.members.count == 3)
  }

  @Test func `a malformed hybrid init key: RFC 9420 §10`() throws {
    var forged = try KeyPackageForger("carol", suite: .hybridAES256)
    var key = forged.initKey.bytes
    key[0] = 0xff
    key[1] = 0xff
    forged.initKey = HPKEPublicKey(key)
    let package = try forged.make()
    var (alice, _) = try groupOfTwo(suite: .hybridAES256)
    #expect(throws: MLSError.invalidKey) {
      try alice.commit([.add(package)], validation: acceptAll, random: SystemRandom())
    }
  }

  @Test func `a client may come back in the Commit that removes it: RFC 9420 §12.2`() throws {
    var alice = try TestClient("alice").createGroup()
    let bob = try TestClient("bob")
    let added = try alice.commit(
      [.add(try bob.keyPackage().keyPackage)], validation: acceptAll, random: SystemRandom())
    alice = added.next
    let again = try bob.keyPackage()
    let pending = try alice.commit(
      [.add(again.keyPackage), .remove(LeafIndex(1))], validation: acceptAll,
      random: SystemRandom())
    let welcome = try #require(pending.welcome)
    let group = try Group(joining: welcome, with: again, validation: acceptAll)
    #expect(group.epochAuthenticator.equals(pending.next.epochAuthenticator))
  }

  @Test func `what the settings refuse`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    expectRefusal(
      by: bob,
      of: try forger.send(
        .commit(Commit(proposals: [.reference(ProposalRef([7]))], path: try forger.path()))),
      .refusedBySettings(.proposalByReference))
    expectRefusal(
      by: bob, of: try forger.send(.proposal(.remove(LeafIndex(0)))),
      .refusedBySettings(.proposalByReference))
    expectRefusal(
      by: bob,
      of: try forger.commit([
        .reInit(ReInit(groupID: GroupID([1]), cipherSuite: alice.suite.number, extensions: []))
      ]),
      .refusedBySettings(.reInit))
    forger.group.settings.handshakeFormat = .publicMessage
    expectRefusal(by: bob, of: try forger.commit([]), .refusedBySettings(.publicMessage))
    // Nor does a member send what the others refuse.
    var sender = alice
    #expect(throws: MLSError.refusedBySettings(.proposalByReference)) {
      try sender.propose(.remove(LeafIndex(1)), validation: acceptAll, random: SystemRandom())
    }
    #expect(throws: MLSError.refusedBySettings(.proposalByReference)) {
      try sender.proposeUpdate(validation: acceptAll, random: SystemRandom())
    }
  }

  @Test func `a wrong confirmation tag, of any length: RFC 9420 §12.4.2`() throws {
    var (alice, bob) = try groupOfTwo()
    // The honest Commit, its tag alone exchanged.
    bob.settings = .open
    alice.settings = .open
    alice.settings.handshakeFormat = .publicMessage
    let open = try alice.commit(validation: acceptAll, random: SystemRandom())
    let framed = try #require(open.message.publicMessage)
    for tag in [[], [1], Array((framed.auth.confirmationTag ?? []).dropLast())] {
      var message = framed.authenticatedContent
      message.auth.confirmationTag = tag
      let forged = try PublicMessage(
        protecting: message, membershipKey: alice.keys.membership, context: alice.encodedContext,
        suite: alice.suite)
      expectRefusal(
        by: bob, of: .publicMessage(forged), .invalidCommit(.confirmationTag))
    }
  }

  @Test func `a path with a key of low order: RFC 9420 §5.1.1`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    var path = try forger.path()
    path.nodes[0].encryptionKey = HPKEPublicKey([UInt8](repeating: 0, count: 32))
    let message = try forger.send(.commit(Commit(proposals: [], path: path)))
    expectRefusal(by: bob, of: message, .invalidKey)
  }

  @Test func `no group that is not to be closed is closed, by whomever`() throws {
    var settings = GroupSettings.open
    settings.reInit = .refuse
    let (alice, insider) = try groupOfTwo(settings: settings)
    var bob = insider
    let reInit = Proposal.reInit(
      ReInit(groupID: GroupID([1]), cipherSuite: alice.suite.number, extensions: []))
    let refusal = MLSError.refusedBySettings(.reInit)
    var forger = Forger(group: alice)
    expectRefusal(by: bob, of: try forger.send(.proposal(reInit)), refusal)
    let before = bob.encodedExposingSecrets()
    #expect(throws: refusal) {
      try bob.propose(reInit, validation: acceptAll, random: SystemRandom())
    }
    #expect(throws: refusal) {
      try bob.commit([reInit], validation: acceptAll, random: SystemRandom())
    }
    #expect(bob.encodedExposingSecrets() == before)
    // One that waits from before the settings were as they are.
    bob.settings.reInit = .accept
    _ = try bob.process(forger.send(.proposal(reInit)), validation: acceptAll)
    bob.settings.reInit = .refuse
    let pending = try bob.commit(validation: acceptAll, random: SystemRandom())
    #expect(pending.changes.reInit == nil && pending.next.reInit == nil)
  }

  @Test func `the last epoch has no next`() throws {
    var (alice, bob) = try groupOfTwo()
    alice.context.epoch = Epoch(.max)
    bob.context.epoch = Epoch(.max)
    var forger = Forger(group: alice)
    expectRefusal(by: bob, of: try forger.commit([]), .invalidCommit(.epochExhausted))
    #expect(throws: MLSError.invalidCommit(.epochExhausted)) {
      try alice.commit(validation: acceptAll, random: SystemRandom())
    }
  }
}
