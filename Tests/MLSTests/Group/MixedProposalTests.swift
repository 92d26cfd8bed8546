// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import MLS

/// Proposals that are valid alone, or not, and what becomes of them together.
struct MixedProposalTests {
  private let custom = ProposalType(rawValue: 0xF0F0)

  /// Two members who support everything, and one at leaf 2 who supports nothing special.
  private func groupWithWeakMember() throws -> (alice: Group, bob: Group) {
    var parameters = try TestClient("alice").parameters
    parameters.capabilities.proposals = [custom]
    var alice = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    var capabilities = testCapabilities
    capabilities.proposals = [custom]
    let bob = try OwnKeyPackage(
      signatureKey: SignatureKey(suite: alice.suite, random: SystemRandom()),
      credential: .basic(identity: Array("bob".utf8)), capabilities: capabilities,
      lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    let weak = try ForgedKeyPackage(leaf: { $0.capabilities.extensions = [] }).make()
    let pending = try alice.commit(
      [.add(bob.keyPackage), .add(weak)], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    alice = pending.next
    return (
      alice,
      try Group(
        joining: welcome, with: bob, settings: .open, validation: acceptAll,
        isInUse: { _ in false })
    )
  }

  @Test func `what a Remove beside it makes valid is taken when it comes: RFC 9420 §12.1.7`() throws
  {
    let (alice, bob) = try groupWithWeakMember()
    let cases: [(Proposal, MLSError)] = [
      (
        .groupContextExtensions([Extension(type: testExtension, data: [])]),
        .invalidExtensions(.unsupported)
      ),
      (
        .groupContextExtensions([
          RequiredCapabilities(extensions: [testExtension]).asExtension
        ]), .invalidExtensions(.requiredCapabilities)
      ),
      (.other(custom, body: [1]), .invalidProposal(.unsupportedType)),
    ]
    for (proposal, rule) in cases {
      var (alice, bob) = (alice, bob)
      let message = try alice.propose(proposal, validation: acceptAll, random: SystemRandom())
      guard case .proposal(_, _, let reference) = try bob.process(message, validation: acceptAll)
      else { throw MLSError.invalidMessage(.kind) }
      var options = CommitOptions()
      options.pendingProposals = .only([reference])
      #expect(throws: rule) {
        try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
      }
      let pending = try alice.commit(
        [.remove(LeafIndex(2))], options: options, validation: acceptAll, random: SystemRandom())
      try bob.follow(pending.message)
      #expect(bob.epochAuthenticator.equals(pending.next.epochAuthenticator))
      #expect(bob.members.count == 2)
    }
  }

  /// Lets Alice take a member's proposals, which wait for her Commit then.
  private func taking(_ proposals: [Proposal], from bob: Group, at alice: Group) throws -> Group {
    var alice = alice
    var forger = Forger(group: bob)
    for proposal in proposals {
      _ = try alice.process(forger.send(.proposal(proposal)), validation: acceptAll)
    }
    return alice
  }

  @Test func `no proposal keeps others from being committed, or data from being sent`() throws {
    let (founder, bob) = try groupWithWeakMember()
    func package() throws -> Proposal { .add(try ForgedKeyPackage().make()) }
    let key = PreSharedKeyID(
      source: .external(id: [9]), nonce: [UInt8](repeating: 1, count: bob.suite.hashLength))
    let copy = Proposal.add(
      try ForgedKeyPackage(leaf: { $0.encryptionKey = bob.ownLeafNode.encryptionKey }).make())
    let unsupported = Proposal.groupContextExtensions([Extension(type: testExtension, data: [])])
    let good = try (0..<9).map { _ in try package() }
    for bad in [.preSharedKey(key), copy, unsupported, .other(custom, body: [])] as [Proposal] {
      for place in [0, 4, 9] {
        var proposals = good
        proposals.insert(bad, at: place)
        var alice = try taking(proposals, from: bob, at: founder)
        let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
        #expect(pending.changes.proposals == good)
        var next = pending.next
        _ = try next.protect([1], random: SystemRandom())
      }
    }
    // What the caller itself commits is not left out.
    var alice = try taking([copy], from: bob, at: founder)
    #expect(throws: MLSError.invalidExtensions(.unsupported)) {
      try alice.commit([unsupported], validation: acceptAll, random: SystemRandom())
    }
  }

  @Test func `a choice among many that do not go together ends`() throws {
    let (founder, bob) = try groupWithWeakMember()
    let bad = (0..<200).map { Proposal.other(custom, body: [UInt8($0)]) }
    var alice = try taking(bad + [.remove(LeafIndex(2))], from: bob, at: founder)
    // Together with the removal all are valid.
    let all = try alice.commit(validation: acceptAll, random: SystemRandom())
    #expect(all.changes.proposals.count == 201)
    alice = try taking(bad, from: bob, at: founder)
    let none = try alice.commit(validation: acceptAll, random: SystemRandom())
    #expect(none.changes.proposals.isEmpty)
  }

  @Test func `a proposal that waits can be dropped`() throws {
    let (founder, bob) = try groupWithWeakMember()
    var alice = try taking(
      [.remove(LeafIndex(2)), .groupContextExtensions([])], from: bob, at: founder)
    _ = try alice.proposeUpdate(validation: acceptAll, random: SystemRandom())
    let waiting = alice.pendingProposals
    #expect(waiting.count == 3 && alice.proposals.ownUpdates.count == 1)
    try alice.dropProposal(waiting[2].reference)
    #expect(alice.proposals.ownUpdates.isEmpty)
    try alice.dropProposal(waiting[0].reference)
    #expect(alice.pendingProposals == [waiting[1]])
    alice = try Group(exposedBytes: alice.encodedExposingSecrets())
    #expect(alice.pendingProposals == [waiting[1]])
    #expect(throws: MLSError.invalidProposal(.unknownReference)) {
      try alice.dropProposal(waiting[0].reference)
    }
    try alice.dropProposal(waiting[1].reference)
    _ = try alice.protect([1], random: SystemRandom())
  }
}
