// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about Updates, one that breaks it.
struct UpdateForgeryTests {
  /// Alice, who commits, Bob, who judges, and Carol, whose leaf is replaced.
  private let groups: [Group]

  init() throws { groups = try groupOfThree() }

  /// An Update by Carol, with anything in its leaf.
  private func update(
    _ change: (inout LeafNodeContents) throws -> Void = { _ in }
  ) throws -> Proposal {
    let carol = groups[2]
    var contents = carol.ownLeafNode.contents
    contents.encryptionKey = HPKEPublicKey(
      try carol.suite.generateKeyPair(from: SystemRandom()).publicKey)
    contents.source = .update
    try change(&contents)
    let leaf = try LeafNode(
      signing: contents, for: LeafNode.Place(groupID: carol.id, leafIndex: carol.ownLeaf),
      with: carol.signatureKey)
    return .update(Update(leafNode: leaf))
  }

  /// Messages of Carol's.
  private func sent(_ proposals: [Proposal]) throws -> [MLSMessage] {
    var forger = Forger(group: groups[2])
    return try proposals.map { try forger.send(.proposal($0)) }
  }

  /// Lets Bob take proposals of Carol's, and refuse a Commit of Alice's that covers them all.
  private func expectRefusal(committing proposals: [Proposal], _ rule: MLSError) throws {
    var bob = groups[1]
    for message in try sent(proposals) { _ = try bob.process(message, validation: acceptAll) }
    let references = bob.pendingProposals.map { ProposalOrRef.reference($0.reference) }
    #expect(references.count == proposals.count)
    var forger = Forger(group: groups[0])
    let path = try forger.path()
    MLSTests.expectRefusal(
      by: bob, of: try forger.send(.commit(Commit(proposals: references, path: path))), rule)
  }

  @Test func `two of one leaf — RFC 9420 §12.2`() throws {
    try expectRefusal(
      committing: [try update(), try update()], .invalidProposal(.multipleForLeaf))
  }

  @Test func `beside a Remove of the same leaf — RFC 9420 §12.2`() throws {
    let removal = Proposal.remove(LeafIndex(2))
    for list in [[try update(), removal], [removal, try update()]] {
      try expectRefusal(committing: list, .invalidProposal(.multipleForLeaf))
    }
  }

  @Test func `that keeps the encryption key — RFC 9420 §7.3, RFC 9420 §12.1.2`() throws {
    let old = groups[2].ownLeafNode.encryptionKey
    MLSTests.expectRefusal(
      by: groups[1], of: try sent([update { $0.encryptionKey = old }])[0],
      .invalidLeafNode(.encryptionKeyReused))
  }

  /// An Update that comes in a message has stood up to the rules when it arrived. One that comes out of a
  /// stored state has not: the Commit is where it is judged.
  @Test
  func `that waits unjudged, and keeps the encryption key — RFC 9420 §7.3, RFC 9420 §12.1.2`()
    throws
  {
    let old = groups[2].ownLeafNode.encryptionKey
    let reference = ProposalRef([1])
    var bob = groups[1]
    try bob.proposals.insert(
      update { $0.encryptionKey = old }, from: .member(groups[2].ownLeaf), as: reference)
    var forger = Forger(group: groups[0])
    let commit = Commit(proposals: [.reference(reference)], path: try forger.path())
    MLSTests.expectRefusal(
      by: bob, of: try forger.send(.commit(commit)), .invalidLeafNode(.encryptionKeyReused))
  }

  @Test func `to a credential that the application takes for no successor — RFC 9420 §5.3.1`()
    throws
  {
    let validation = Validation(credentials: NoMallory(), now: testTime)
    MLSTests.expectRefusal(
      by: groups[1],
      of: try sent([update { $0.credential = .basic(identity: Array("dave".utf8)) }])[0],
      .invalidLeafNode(.credential), validation: validation)
    var bob = groups[1]
    _ = try bob.process(sent([update()])[0], validation: validation)
    #expect(bob.pendingProposals.count == 1)
  }

  @Test func `of one's own whose keys are lost is not followed — RFC 9420 §12.4.2`() throws {
    let groups = try groupOfThree(format: .publicMessage)
    var (alice, bob) = (groups[0], groups[1])
    let update = try bob.proposeUpdate(validation: acceptAll, random: SystemRandom())
    _ = try alice.process(update, validation: acceptAll)
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    // Bob as he was before, who hears what he has said.
    var restored = groups[1]
    _ = try restored.process(update, validation: acceptAll)
    MLSTests.expectRefusal(by: restored, of: pending.message, .invalidProposal(.unknownReference))
    try bob.follow(pending.message)
  }
}
