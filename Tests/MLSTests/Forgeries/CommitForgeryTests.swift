// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about a Commit as a whole, and the leaf in its path, one that breaks it.
struct CommitForgeryTests {
  @Test func `without a path where there has to be one — RFC 9420 §12.4`() throws {
    var (alice, bob) = try groupOfTwo()
    let added = try alice.commit(
      [.add(try ForgedKeyPackage().make())], validation: acceptAll, random: SystemRandom())
    try bob.follow(added.message)
    for proposals in [
      [], [.remove(LeafIndex(2))], [.groupContextExtensions([])],
    ] as [[Proposal]] {
      var forgery = ForgedCommit(proposals)
      forgery.withPath = false
      try expectRefusal(.invalidCommit(.pathMissing), forgery, from: added.next, by: bob)
    }
    // An Add needs none.
    var adding = ForgedCommit([.add(try ForgedKeyPackage().make())])
    adding.withPath = false
    #expect(try bob.processCommit(adding.message(from: added.next)).next != nil)
  }

  @Test func `with another confirmation tag — RFC 9420 §12.4.2`() throws {
    let (alice, bob) = try groupOfTwo()
    let changes: [(inout [UInt8]) -> Void] = [
      { $0[0] ^= 1 }, { $0 = [] }, { $0.removeLast() }, { $0.append(0) }, { $0 = [$0[0]] },
    ]
    for change in changes {
      var forgery = ForgedCommit()
      forgery.confirmationTag = change
      try expectRefusal(.invalidCommit(.confirmationTag), forgery, from: alice, by: bob)
    }
  }

  @Test func `that refers to a proposal nobody has seen — RFC 9420 §12.4`() throws {
    var settings = GroupSettings()
    settings.proposalsByReference = .accept
    let (alice, bob) = try groupOfTwo(settings: settings)
    var forgery = ForgedCommit()
    forgery.proposals = [.reference(ProposalRef([UInt8](repeating: 1, count: 32)))]
    try expectRefusal(.invalidProposal(.unknownReference), forgery, from: alice, by: bob)
  }

  @Test func `that refers to proposals where the settings exclude it`() throws {
    let (alice, bob) = try groupOfTwo()
    var forgery = ForgedCommit()
    forgery.proposals = [.reference(ProposalRef([UInt8](repeating: 1, count: 32)))]
    try expectRefusal(.refusedBySettings(.proposalByReference), forgery, from: alice, by: bob)
    let reInit = ReInit(groupID: GroupID([1]), cipherSuite: alice.suite.number, extensions: [])
    try expectRefusal(
      .refusedBySettings(.reInit), ForgedCommit([.reInit(reInit)]), from: alice, by: bob)
  }

  @Test func `of another epoch or group — RFC 9420 §12.4.2`() throws {
    let (alice, bob) = try groupOfTwo()
    for epoch in [0, 2, UInt64.max] {
      var forgery = ForgedCommit()
      forgery.epoch = Epoch(epoch)
      try expectRefusal(.wrongEpoch, forgery, from: alice, by: bob)
    }
    var (other, _) = try groupOfTwo()
    let foreign = try other.commit(validation: acceptAll, random: SystemRandom())
    var victim = bob
    #expect(throws: MLSError.wrongGroup) {
      try victim.process(foreign.message, validation: acceptAll)
    }
  }

  @Test func `signed by another key — RFC 9420 §6.1`() throws {
    let (alice, bob) = try groupOfTwo()
    var forgery = ForgedCommit()
    forgery.messageSigner = try SignatureKey(suite: alice.suite, random: SystemRandom())
    try expectRefusal(.invalidMessage(.signature), forgery, from: alice, by: bob)
  }

  @Test func `whose leaf is not signed by its key, or for another place — RFC 9420 §7.3`() throws {
    let (alice, bob) = try groupOfTwo()
    var forgery = ForgedCommit()
    forgery.path = { path in
      guard let leaf = try? resigned(path.leafNode, place: nil, alice) else { return }
      path.leafNode = leaf
    }
    try expectRefusal(.invalidLeafNode(.signature), forgery, from: alice, by: bob)
    for place in [
      LeafNode.Place(groupID: alice.id, leafIndex: LeafIndex(1)),
      LeafNode.Place(groupID: GroupID([1]), leafIndex: alice.ownLeaf),
    ] {
      forgery.path = { path in
        guard let leaf = try? resigned(path.leafNode, place: place, alice) else { return }
        path.leafNode = leaf
      }
      try expectRefusal(.invalidLeafNode(.signature), forgery, from: alice, by: bob)
    }
  }

  @Test func `whose leaf is not made for a Commit — RFC 9420 §7.3`() throws {
    let (alice, bob) = try groupOfTwo()
    for source in [
      LeafNodeSource.update,
      .keyPackage(Lifetime(notBefore: testTime - 1, notAfter: testTime + 1)),
    ] {
      var forgery = ForgedCommit()
      forgery.leaf = { $0.source = source }
      try expectRefusal(.invalidLeafNode(.source), forgery, from: alice, by: bob)
    }
  }

  @Test func `whose leaf keeps its encryption key — RFC 9420 §7.3, RFC 9420 §12.4.2`() throws {
    let (alice, bob) = try groupOfTwo()
    let old = alice.ownLeafNode.encryptionKey
    var forgery = ForgedCommit()
    forgery.leaf = { $0.encryptionKey = old }
    try expectRefusal(.invalidLeafNode(.encryptionKeyReused), forgery, from: alice, by: bob)
  }

  @Test func `whose leaf has an extension twice — RFC 9420 §13.4`() throws {
    let (alice, bob) = try groupOfTwo()
    var forgery = ForgedCommit()
    forgery.leaf = {
      $0.extensions = [Extension](repeating: Extension(type: testExtension, data: []), count: 2)
    }
    try expectRefusal(.invalidExtensions(.duplicateType), forgery, from: alice, by: bob)
  }

  @Test func `whose leaf has somebody else's signature key — RFC 9420 §7.3`() throws {
    let (alice, bob) = try groupOfTwo()
    var forgery = ForgedCommit()
    forgery.leafSigner = bob.signatureKey
    try expectRefusal(.invalidLeafNode(.duplicateSignatureKey), forgery, from: alice, by: bob)
  }

  @Test func `whose leaf lacks what the group requires — RFC 9420 §7.3`() throws {
    var (alice, bob) = try groupOfTwo()
    let required = RequiredCapabilities(extensions: [testExtension]).asExtension
    let pending = try alice.commit(
      [.groupContextExtensions([required])], validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    alice = pending.next
    var forgery = ForgedCommit()
    forgery.leaf = { $0.capabilities.extensions = [] }
    try expectRefusal(.invalidLeafNode(.requiredCapabilities), forgery, from: alice, by: bob)
    let weak = try ForgedKeyPackage(leaf: { $0.capabilities.extensions = [] }).make()
    try expectRefusal(
      .invalidLeafNode(.requiredCapabilities), ForgedCommit([.add(weak)]), from: alice, by: bob)
  }

  @Test func `whose leaf does not support the group's extensions — RFC 9420 §13.4`() throws {
    var (alice, bob) = try groupOfTwo()
    let pending = try alice.commit(
      [.groupContextExtensions([Extension(type: testExtension, data: [])])],
      validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    alice = pending.next
    var forgery = ForgedCommit()
    forgery.leaf = { $0.capabilities.extensions = [] }
    try expectRefusal(.invalidLeafNode(.groupExtensionUnsupported), forgery, from: alice, by: bob)
    let weak = try ForgedKeyPackage(leaf: { $0.capabilities.extensions = [] }).make()
    try expectRefusal(
      .invalidLeafNode(.groupExtensionUnsupported), ForgedCommit([.add(weak)]), from: alice,
      by: bob)
  }

  @Test func `whose leaf's credential somebody cannot read, or the reverse — RFC 9420 §7.3`() throws
  {
    let (alice, bob) = try groupOfTwo()
    let unknown = CredentialType(rawValue: 0xF123)
    var forgery = ForgedCommit()
    forgery.leaf = {
      $0.credential = .other(unknown, body: [1])
      $0.capabilities.credentials.append(unknown)
    }
    try expectRefusal(.invalidLeafNode(.credentialTypeUnsupported), forgery, from: alice, by: bob)
    let deaf = try ForgedKeyPackage(leaf: {
      $0.credential = .other(testCredentialType, body: [])
      $0.capabilities.credentials = [testCredentialType]
    }).make()
    try expectRefusal(
      .invalidLeafNode(.credentialTypeUnsupported), ForgedCommit([.add(deaf)]), from: alice,
      by: bob)
    // Without a path there is no new leaf of the committer's that it would have to read.
    var adding = ForgedCommit([.add(deaf)])
    adding.withPath = false
    try expectRefusal(.invalidLeafNode(.credentialTypeUnsupported), adding, from: alice, by: bob)
  }

  @Test func `that adds a key which stands in the tree — RFC 9420 §7.3`() throws {
    let (alice, bob) = try groupOfTwo()
    let key = bob.ownLeafNode.encryptionKey
    let copy = try ForgedKeyPackage(leaf: { $0.encryptionKey = key }).make()
    try expectRefusal(
      .invalidLeafNode(.duplicateEncryptionKey), ForgedCommit([.add(copy)]), from: alice, by: bob)
  }

  @Test func `that adds the key of a parent node — RFC 9420 §12.2, RFC 9420 §16.7`() throws {
    var (alice, bob) = try groupOfTwo()
    let root = try #require(alice.tree.parent(at: alice.tree.size.root)).encryptionKey
    let copy = try ForgedKeyPackage(leaf: { $0.encryptionKey = root }).make()
    var forgery = ForgedCommit([.add(copy)])
    forgery.withPath = false
    try expectRefusal(.invalidLeafNode(.duplicateEncryptionKey), forgery, from: alice, by: bob)
    var options = CommitOptions()
    options.path = .whenRequired
    #expect(throws: MLSError.invalidLeafNode(.duplicateEncryptionKey)) {
      try alice.commit(
        [.add(copy)], options: options, validation: acceptAll, random: SystemRandom())
    }
    // A Commit that replaces the parent's key leaves nothing twice.
    let replacing = ForgedCommit([.add(copy)])
    #expect(try bob.processCommit(replacing.message(from: alice)).next != nil)
  }

  @Test func `whose leaf's new credential the application refuses — RFC 9420 §5.3.1`() throws {
    let (alice, bob) = try groupOfTwo()
    let validation = Validation(credentials: NoMallory(), now: testTime)
    var forgery = ForgedCommit()
    forgery.leaf = { $0.credential = .basic(identity: Array("somebody else".utf8)) }
    try expectRefusal(
      .invalidLeafNode(.credential), forgery, from: alice, by: bob, validation: validation)
    var fresh = ForgedCommit()
    fresh.leafSigner = try SignatureKey(suite: alice.suite, random: SystemRandom())
    var victim = bob
    let outcome = try victim.process(fresh.message(from: alice), validation: validation)
    #expect(outcome.commit?.next != nil)
  }

  @Test func `that sets an extension twice, or one that not all support — RFC 9420 §13.4`() throws {
    let (alice, bob) = try groupOfTwo()
    let one = Extension(type: testExtension, data: [])
    try expectRefusal(
      .invalidExtensions(.duplicateType), ForgedCommit([.groupContextExtensions([one, one])]),
      from: alice, by: bob)
    let unknown = Extension(type: ExtensionType(rawValue: 0xF0FF), data: [])
    try expectRefusal(
      .invalidExtensions(.unsupported), ForgedCommit([.groupContextExtensions([unknown])]),
      from: alice, by: bob)
  }

  @Test func `that requires what not all have, or nonsense — RFC 9420 §12.1.7`() throws {
    let (alice, bob) = try groupOfTwo()
    let required = RequiredCapabilities(proposals: [ProposalType(rawValue: 0xF0F0)]).asExtension
    try expectRefusal(
      .invalidExtensions(.requiredCapabilities),
      ForgedCommit([.groupContextExtensions([required])]),
      from: alice, by: bob)
    let nonsense = Extension(type: .requiredCapabilities, data: [0xFF])
    try expectRefusal(
      .invalidExtensions(.malformed), ForgedCommit([.groupContextExtensions([nonsense])]),
      from: alice, by: bob)
  }

  @Test func `that allows in an outsider whom the application refuses — RFC 9420 §5.3.1`() throws {
    let (alice, bob) = try groupOfTwo()
    let senders = ExternalSender.asExtension([
      ExternalSender(
        signatureKey: alice.ownLeafNode.signatureKey, credential: NoMallory.mallory)
    ])
    try expectRefusal(
      .invalidExtensions(.externalSenderCredential),
      ForgedCommit([.groupContextExtensions([senders])]), from: alice, by: bob,
      validation: Validation(credentials: NoMallory(), now: testTime))
    let nonsense = Extension(type: .externalSenders, data: [1, 1])
    try expectRefusal(
      .invalidExtensions(.malformed), ForgedCommit([.groupContextExtensions([nonsense])]),
      from: alice, by: bob)
  }

  @Test func `whose proposals are judged by the extensions it sets itself — RFC 9420 §12.3`() throws
  {
    let (alice, bob) = try groupOfTwo()
    let required = RequiredCapabilities(extensions: [testExtension]).asExtension
    let weak = try ForgedKeyPackage(leaf: { $0.capabilities.extensions = [] }).make()
    for list in [
      [Proposal.add(weak), .groupContextExtensions([required])],
      [.groupContextExtensions([required]), .add(weak)],
    ] {
      try expectRefusal(
        .invalidExtensions(.requiredCapabilities), ForgedCommit(list), from: alice, by: bob)
    }
  }

  @Test func `whose path cannot be followed, which leaves the group as it was — RFC 9420 §7.5`()
    throws
  {
    let (alice, bob) = try groupOfTwo()
    var forgery = ForgedCommit()
    forgery.path = { $0.nodes[0].encryptedPathSecret[0].ciphertext[0] ^= 1 }
    try expectRefusal(.decryptionFailed, forgery, from: alice, by: bob)
    forgery.path = {
      $0.nodes[0].encryptedPathSecret[0].kemOutput = [UInt8](repeating: 0, count: 32)
    }
    try expectRefusal(.decryptionFailed, forgery, from: alice, by: bob)
    forgery.path = { $0.nodes[0].encryptedPathSecret = [] }
    try expectRefusal(.invalidUpdatePath(.ciphertextCount), forgery, from: alice, by: bob)
    forgery.path = { $0.nodes = [] }
    try expectRefusal(.invalidUpdatePath(.length), forgery, from: alice, by: bob)
  }

  @Test func `of one's own is not processed but kept when it was made`() throws {
    for (format, error) in [
      (GroupSettings.HandshakeFormat.privateMessage, MLSError.invalidMessage(.ownMessage)),
      (.publicMessage, .invalidCommit(.ownCommit)),
    ] {
      var settings = GroupSettings.open
      settings.handshakeFormat = format
      var (alice, _) = try groupOfTwo(settings: settings)
      let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
      let before = alice.encodedExposingSecrets()
      #expect(throws: error) { try alice.process(pending.message, validation: acceptAll) }
      #expect(alice.encodedExposingSecrets() == before)
    }
  }

  private func resigned(
    _ leaf: LeafNode, place: LeafNode.Place?, _ group: Group
  ) throws -> LeafNode {
    try LeafNode(signing: leaf.contents, for: place, with: group.signatureKey)
  }
}
