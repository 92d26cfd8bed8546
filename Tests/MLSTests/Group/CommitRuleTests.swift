// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// Commits that break a rule of RFC 9420 §12.4 are refused, and the state stays as it was.
struct CommitRuleTests {
  private func expectRefusal(
    by receiver: Group, of message: MLSMessage, _ rule: MLSError,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var receiver = receiver
    let before = receiver.encodedExposingSecrets()
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try receiver.process(message, validation: acceptAll)
    }
    #expect(receiver.encodedExposingSecrets() == before, sourceLocation: sourceLocation)
  }

  @Test func `no path where one is needed: RFC 9420 §12.4`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    expectRefusal(
      by: bob, of: try forger.commit([], path: false), .invalidCommit(.pathMissing))
    expectRefusal(
      by: bob, of: try forger.commit([.groupContextExtensions([])], path: false),
      .invalidCommit(.pathMissing))
  }

  @Test func `a wrong confirmation tag, of any length: RFC 9420 §12.4.2`() throws {
    var (alice, bob) = try groupOfTwo()
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    let right = pending.next.confirmationTag
    let path = try Forger(group: alice).path()
    for tag in [[], [right[0]], Array(right.dropLast()), right + [0], right.map { ~$0 }] {
      var forger = Forger(group: alice)
      let message = try forger.send(
        .commit(Commit(proposals: [], path: path)), confirmationTag: tag)
      // The provisional context differs from an honest one only in the hash that follows.
      var receiver = bob
      #expect(throws: MLSError.self) { try receiver.process(message, validation: acceptAll) }
    }
    // The honest Commit, its tag alone exchanged.
    bob.settings = .open
    alice.settings = .open
    alice.settings.handshakeFormat = .publicMessage
    let open = try alice.commit(validation: acceptAll, random: SystemRandom())
    guard case .publicMessage(let framed) = open.message else { return }
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

  @Test func `a Commit of another epoch or group: RFC 9420 §12.4.2`() throws {
    var (alice, bob) = try groupOfTwo()
    let first = try alice.commit(validation: acceptAll, random: SystemRandom())
    try bob.follow(first.message)
    expectRefusal(by: bob, of: first.message, .wrongEpoch)
    let (other, _) = try groupOfTwo()
    var forger = Forger(group: other)
    expectRefusal(by: bob, of: try forger.commit([]), .wrongGroup)
  }

  @Test func `one's own Commit: RFC 9420 §12.4.2`() throws {
    var (alice, _) = try groupOfTwo()
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    expectRefusal(by: alice, of: pending.message, .invalidMessage(.ownMessage))
    alice.settings = .open
    alice.settings.handshakeFormat = .publicMessage
    let open = try alice.commit(validation: acceptAll, random: SystemRandom())
    expectRefusal(by: alice, of: open.message, .invalidCommit(.ownCommit))
  }

  @Test func `a path whose leaf is of another source: RFC 9420 §12.4.2`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    let message = try forger.commit([]) { $0.source = .update }
    expectRefusal(by: bob, of: message, .invalidLeafNode(.source))
  }

  @Test func `a path that keeps the committer's encryption key: RFC 9420 §12.4.2`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    let old = alice.ownLeafNode.encryptionKey
    let message = try forger.commit([]) { $0.encryptionKey = old }
    expectRefusal(by: bob, of: message, .invalidLeafNode(.encryptionKeyReused))
  }

  @Test func `a path whose leaf another key signed: RFC 9420 §7.3`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    let stranger = try TestClient("mallory").signatureKey
    let message = try forger.send(
      .commit(Commit(proposals: [], path: try forger.path(signer: stranger))))
    expectRefusal(by: bob, of: message, .invalidLeafNode(.signature))
  }

  @Test func `a path that takes another member's signature key: RFC 9420 §7.3`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    let key = bob.signatureKey
    let path = try forger.path(leaf: { $0.signatureKey = key.publicKey }, signer: key)
    let message = try forger.send(.commit(Commit(proposals: [], path: path)))
    expectRefusal(by: bob, of: message, .invalidLeafNode(.duplicateSignatureKey))
  }

  @Test func `a path with a key of low order: RFC 9420 §5.1.1`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    var path = try forger.path()
    path.nodes[0].encryptionKey = HPKEPublicKey([UInt8](repeating: 0, count: 32))
    let message = try forger.send(.commit(Commit(proposals: [], path: path)))
    expectRefusal(by: bob, of: message, .invalidKey)
  }

  @Test func `a path that opens to other keys: RFC 9420 §7.5`() throws {
    let (alice, bob) = try groupOfTwo()
    var forger = Forger(group: alice)
    var path = try forger.path()
    path.nodes[0].encryptedPathSecret = try forger.path().nodes[0].encryptedPathSecret
    let message = try forger.send(.commit(Commit(proposals: [], path: path)))
    expectRefusal(by: bob, of: message, .decryptionFailed)
  }

  @Test func `a reference to nothing known: RFC 9420 §12.4`() throws {
    let (alice, bob) = try groupOfTwo(settings: .open)
    var forger = Forger(group: alice)
    let message = try forger.send(
      .commit(
        Commit(
          proposals: [.reference(ProposalRef([UInt8](repeating: 7, count: 32)))],
          path: try forger.path())))
    expectRefusal(by: bob, of: message, .invalidProposal(.unknownReference))
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
  }

  @Test func `the last epoch has no next: RFC 9420 §12`() throws {
    var (alice, _) = try groupOfTwo()
    alice.context.epoch = Epoch(.max)
    #expect(throws: MLSError.invalidCommit(.epochExhausted)) {
      try alice.commit(validation: acceptAll, random: SystemRandom())
    }
  }
}
