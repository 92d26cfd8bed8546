// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about Updates, one that breaks it.
struct UpdateForgeryTests {
  /// Alice, who commits, Bob, who judges, and Carol, whose leaf is replaced.
  private let groups: [Group]

  init() throws { groups = try groupOfThree() }

  /// The three in a group with such extensions.
  private init(requiring extensions: [Extension]) throws {
    var groups = try groupOfThree()
    let pending = try groups[0].commit(
      [.groupContextExtensions(extensions)], validation: acceptAll, random: SystemRandom())
    for index in 1...2 { try groups[index].follow(pending.message) }
    groups[0] = pending.next
    self.groups = groups
  }

  /// An Update by Carol, with anything in its leaf.
  private func update(
    place: LeafNode.Place? = nil, signer: SignatureKey? = nil,
    _ change: (inout LeafNodeContents) throws -> Void = { _ in }
  ) throws -> Proposal {
    let carol = groups[2]
    var contents = carol.ownLeafNode.contents
    contents.encryptionKey = HPKEPublicKey(
      try carol.suite.generateKeyPair(from: SystemRandom()).publicKey)
    contents.source = .update
    try change(&contents)
    let leaf = try LeafNode(
      signing: contents,
      for: place ?? LeafNode.Place(groupID: carol.id, leafIndex: carol.ownLeaf),
      with: signer ?? carol.signatureKey)
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
    let path = try forger.path(after: proposals, updating: groups[2].ownLeaf)
    MLSTests.expectRefusal(
      by: bob, of: try forger.send(.commit(Commit(proposals: references, path: path))), rule)
  }

  @Test func `without a path — RFC 9420 §12.4`() throws {
    var bob = groups[1]
    _ = try bob.process(sent([update()])[0], validation: acceptAll)
    var forger = Forger(group: groups[0])
    let references = bob.pendingProposals.map { ProposalOrRef.reference($0.reference) }
    MLSTests.expectRefusal(
      by: bob, of: try forger.send(.commit(Commit(proposals: references, path: nil))),
      .invalidCommit(.pathMissing))
  }

  @Test func `whose leaf is not signed, or for another place — RFC 9420 §7.3, RFC 9420 §12.1.2`()
    throws
  {
    let carol = groups[2]
    let forged = [
      try update(signer: groups[0].signatureKey),
      try update(place: LeafNode.Place(groupID: carol.id, leafIndex: LeafIndex(1))),
      try update(place: LeafNode.Place(groupID: GroupID([1]), leafIndex: carol.ownLeaf)),
    ]
    for message in try sent(forged) {
      MLSTests.expectRefusal(by: groups[1], of: message, .invalidLeafNode(.signature))
    }
  }

  @Test func `with a second encoding of a key — RFC 9420 §7.3`() throws {
    var old = groups[2].ownLeafNode.encryptionKey.bytes
    old[31] |= 0x80
    MLSTests.expectRefusal(
      by: groups[1], of: try sent([update { $0.encryptionKey = HPKEPublicKey(old) }])[0],
      .invalidKey)
  }

  @Test func `with an extension twice — RFC 9420 §13.4`() throws {
    let twice = [Extension](repeating: Extension(type: testExtension, data: []), count: 2)
    MLSTests.expectRefusal(
      by: groups[1], of: try sent([update { $0.extensions = twice }])[0],
      .invalidExtensions(.duplicateType))
  }

  @Test func `with a key that another one has — RFC 9420 §7.3`() throws {
    let alice = groups[0]
    try expectRefusal(
      committing: [
        update(signer: alice.signatureKey) { $0.signatureKey = alice.signatureKey.publicKey }
      ], .invalidLeafNode(.duplicateSignatureKey))
    try expectRefusal(
      committing: [update { $0.encryptionKey = groups[1].ownLeafNode.encryptionKey }],
      .invalidLeafNode(.duplicateEncryptionKey))
  }

  @Test func `with the key of a parent node — RFC 9420 §12.2, RFC 9420 §16.7`() throws {
    // Dave commits, so that the node above Alice and Bob lies on no path.
    var (alice, bob, carol) = (groups[0], groups[1], groups[2])
    let package = try TestClient("dave").keyPackage()
    let added = try alice.commit(
      [.add(package.keyPackage)], validation: acceptAll, random: SystemRandom())
    for index in [1, 2] {
      if index == 1 { try bob.follow(added.message) } else { try carol.follow(added.message) }
    }
    alice = added.next
    let dave = try Group(
      joining: #require(added.welcome), with: package, settings: .open, validation: acceptAll)
    let parent = try #require(alice.tree.parent(at: NodeIndex(1)))
    var sender = Forger(group: carol)
    let update = try update { $0.encryptionKey = parent.encryptionKey }
    _ = try bob.process(sender.send(.proposal(update)), validation: acceptAll)
    var forger = Forger(group: dave)
    let commit = Commit(
      proposals: bob.pendingProposals.map { .reference($0.reference) },
      path: try forger.path(after: [update], updating: carol.ownLeaf))
    MLSTests.expectRefusal(
      by: bob, of: try forger.send(.commit(commit)), .invalidLeafNode(.duplicateEncryptionKey))
  }

  @Test func `that does not suit the group any more — RFC 9420 §7.3, RFC 9420 §13.4`() throws {
    try expectRefusal(
      committing: [
        update {
          $0.credential = .other(testCredentialType, body: [1])
          $0.capabilities.credentials = [testCredentialType]
        }
      ], .invalidLeafNode(.credentialTypeUnsupported))
    for (extensions, rule) in [
      ([Extension(type: testExtension, data: [1])], LeafNodeRule.groupExtensionUnsupported),
      (
        [RequiredCapabilities(extensions: [testExtension]).asExtension], .requiredCapabilities
      ),
    ] {
      let other = try Self(requiring: extensions)
      try other.expectRefusal(
        committing: [other.update { $0.capabilities.extensions = [] }], .invalidLeafNode(rule))
    }
  }

  @Test func `beside an Add of whom it was — RFC 9420 §12.2`() throws {
    // Carol takes another key and another name, and is added under the old ones in the same Commit.
    let carol = groups[2]
    let renewed = try TestClient("carol, renewed")
    let update = try update(signer: renewed.signatureKey) {
      $0.signatureKey = renewed.signatureKey.publicKey
      $0.credential = renewed.credential
    }
    let again = try ForgedKeyPackage(signer: carol.signatureKey).make()
    for proposals in [[update, .add(again)], [.add(again), update]] {
      try expectRefusal(committing: proposals, .invalidProposal(.addsExistingClient))
    }
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
