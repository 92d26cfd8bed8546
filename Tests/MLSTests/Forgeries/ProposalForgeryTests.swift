// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about the proposals of a Commit, a Commit that breaks it.
struct ProposalForgeryTests {
  private func group() throws -> (alice: Group, bob: Group) {
    try groupOfTwo()
  }

  /// Three members, the third of whom can be removed.
  private func groupOfThree() throws -> (alice: Group, bob: Group, carol: LeafIndex) {
    var (alice, bob) = try groupOfTwo()
    let pending = try alice.commit(
      [.add(try ForgedKeyPackage().make())], validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    return (pending.next, bob, LeafIndex(2))
  }

  @Test func `a twin that breaks no rule is accepted`() throws {
    let (alice, bob, carol) = try groupOfThree()
    for forgery in [
      ForgedCommit(),
      ForgedCommit([.remove(carol)]),
      ForgedCommit([.add(try ForgedKeyPackage().make())]),
      ForgedCommit([
        .remove(carol), .add(try ForgedKeyPackage().make()),
        .groupContextExtensions([Extension(type: testExtension, data: [1])]),
      ]),
    ] {
      var bob = bob
      let staged = try bob.processCommit(forgery.message(from: alice))
      #expect(staged.next != nil)
    }
  }

  @Test func `an Update by the committer itself is refused — RFC 9420 §12.2`() throws {
    let (alice, bob) = try group()
    let leaf = try alice.ownLeafNode.committed(
      encryptionKey: HPKEPublicKey(
        alice.suite.generateKeyPair(from: SystemRandom()).publicKey),
      parentHash: [], groupID: alice.id, leafIndex: alice.ownLeaf, signer: alice.signatureKey)
    try expectRefusal(
      .invalidProposal(.updateByCommitter), ForgedCommit([.update(Update(leafNode: leaf))]),
      from: alice, by: bob)
  }

  @Test func `the committer's own removal is refused — RFC 9420 §12.2`() throws {
    let (alice, bob) = try group()
    try expectRefusal(
      .invalidProposal(.removesCommitter), ForgedCommit([.remove(alice.ownLeaf)]), from: alice,
      by: bob)
  }

  @Test func `removing somebody twice is refused — RFC 9420 §12.2`() throws {
    let (alice, bob, carol) = try groupOfThree()
    try expectRefusal(
      .invalidProposal(.multipleForLeaf), ForgedCommit([.remove(carol), .remove(carol)]),
      from: alice, by: bob)
  }

  @Test func `removing nobody is refused — RFC 9420 §12.1.3`() throws {
    let (alice, bob, _) = try groupOfThree()
    for index in [3, 4, 0x00FF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32] {
      try expectRefusal(
        .invalidProposal(.removesBlank), ForgedCommit([.remove(LeafIndex(index))]), from: alice,
        by: bob)
    }
  }

  @Test func `two changes of the group context are refused — RFC 9420 §12.2`() throws {
    let (alice, bob) = try group()
    let change = Proposal.groupContextExtensions([Extension(type: testExtension, data: [1])])
    try expectRefusal(
      .invalidProposal(.multipleGroupContextExtensions), ForgedCommit([change, change]),
      from: alice, by: bob)
  }

  @Test func `a ReInit beside anything else is refused — RFC 9420 §12.2`() throws {
    let (alice, bob) = try group()
    let reInit = Proposal.reInit(
      ReInit(groupID: GroupID([1]), cipherSuite: alice.suite.number, extensions: []))
    let change = Proposal.groupContextExtensions([])
    for list in [[reInit, change], [change, reInit], [reInit, reInit]] {
      try expectRefusal(
        .invalidProposal(.reInitNotAlone), ForgedCommit(list), from: alice, by: bob)
    }
  }

  @Test func `a ReInit to an older version is refused — RFC 9420 §12.1.5`() throws {
    let (alice, bob) = try group()
    let reInit = ReInit(
      groupID: GroupID([1]), version: ProtocolVersion(rawValue: 0),
      cipherSuite: alice.suite.number, extensions: [])
    try expectRefusal(
      .invalidProposal(.reInitVersion), ForgedCommit([.reInit(reInit)]), from: alice, by: bob)
  }

  @Test func `a ReInit with an extension twice is refused — RFC 9420 §13.4`() throws {
    let (alice, bob) = try group()
    let one = Extension(type: testExtension, data: [])
    let reInit = ReInit(
      groupID: GroupID([1]), cipherSuite: alice.suite.number, extensions: [one, one])
    try expectRefusal(
      .invalidExtensions(.duplicateType), ForgedCommit([.reInit(reInit)]), from: alice, by: bob)
  }

  @Test func `an ExternalInit by a member is refused — RFC 9420 §12.2`() throws {
    let (alice, bob) = try group()
    try expectRefusal(
      .invalidProposal(.externalInitInMemberCommit),
      ForgedCommit([.externalInit(kemOutput: [UInt8](repeating: 9, count: 32))]), from: alice,
      by: bob)
  }

  @Test func `a proposal of a type that not all support — RFC 9420 §12.2, RFC 9420 §13.2`() throws {
    let (alice, bob) = try group()
    try expectRefusal(
      .invalidProposal(.unsupportedType),
      ForgedCommit([.other(ProposalType(rawValue: 0xF0F0), body: [])]), from: alice, by: bob)
  }

  @Test func `the same pre-shared key twice is refused — RFC 9420 §12.2`() throws {
    let (alice, bob) = try group()
    let key = PreSharedKeyID(
      source: .external(id: [1]), nonce: [UInt8](repeating: 1, count: 32))
    try expectRefusal(
      .invalidProposal(.duplicatePreSharedKey),
      ForgedCommit([.preSharedKey(key), .preSharedKey(key)]), from: alice, by: bob)
  }

  @Test func `a pre-shared key with a nonce of another length is refused — RFC 9420 §12.1.4`()
    throws
  {
    let (alice, bob) = try group()
    for count in [0, 31, 33] {
      let key = PreSharedKeyID(
        source: .external(id: [1]), nonce: [UInt8](repeating: 1, count: count))
      try expectRefusal(
        .invalidProposal(.pskNonceLength), ForgedCommit([.preSharedKey(key)]), from: alice, by: bob)
    }
  }

  @Test func `more pre-shared keys than can be counted are refused — RFC 9420 §8.4`() throws {
    let suite = CipherSuite.x25519ChaCha20
    let key = PreSharedKeyID(source: .external(id: []), nonce: [])
    let secret = suite.zeroSecret
    #expect(throws: MLSError.invalidProposal(.tooManyPreSharedKeys)) {
      try suite.preSharedKeySecret(Array(repeating: (id: key, secret: secret), count: 65_536))
    }
  }

  @Test func `more proposals than are kept are refused`() throws {
    var cache = ProposalCache()
    for number in 0..<4097 as Range<UInt16> {
      let reference = ProposalRef([UInt8(number >> 8), UInt8(number & 0xFF)])
      let insert = {
        try cache.insert(.remove(LeafIndex(1)), from: .member(LeafIndex(0)), as: reference)
      }
      if number < 4096 {
        try insert()
      } else {
        #expect(throws: MLSError.invalidProposal(.tooManyProposals)) { try insert() }
      }
    }
    #expect(cache.items.count == 4096)
  }

  @Test func `more bytes of proposals than are kept are refused, stored or not`() throws {
    var cache = ProposalCache()
    let long = Proposal.other(
      ProposalType(rawValue: 0xF000), body: [UInt8](repeating: 7, count: 1 << 20))
    func insert(_ number: UInt8) throws {
      try cache.insert(long, from: .member(LeafIndex(1)), as: ProposalRef([number]))
    }
    for number in 0..<15 as Range<UInt8> { try insert(number) }
    #expect(throws: MLSError.invalidProposal(.tooManyProposals)) { try insert(15) }
    try cache.insert(.remove(LeafIndex(1)), from: .member(LeafIndex(0)), as: ProposalRef([16]))
    var writer = WireWriter()
    cache.encodeExposingSecrets(into: &writer)
    var reader = WireReader(writer.bytes)
    cache = try ProposalCache(exposedFrom: &reader, suite: .x25519ChaCha20)
    #expect(cache.items.count == 16)
    #expect(throws: MLSError.invalidProposal(.tooManyProposals)) { try insert(15) }
    // What is dropped makes room.
    try cache.remove(ProposalRef([0]))
    try insert(15)
  }

  @Test func `a resumption key of another usage is refused — RFC 9420 §12.1.4`() throws {
    let (alice, bob) = try group()
    for usage in [PreSharedKeyID.ResumptionUsage.reInit, .branch] {
      let key = PreSharedKeyID(
        source: .resumption(usage, groupID: alice.id, epoch: Epoch(0)),
        nonce: [UInt8](repeating: 1, count: 32))
      try expectRefusal(
        .invalidProposal(.pskUsage), ForgedCommit([.preSharedKey(key)]), from: alice, by: bob)
    }
  }

  @Test func `a pre-shared key that this client does not have is refused — RFC 9420 §12.4.2`()
    throws
  {
    let (alice, bob) = try group()
    let key = PreSharedKeyID(
      source: .external(id: [1]), nonce: [UInt8](repeating: 1, count: 32))
    try expectRefusal(
      .missingPreSharedKey, ForgedCommit([.preSharedKey(key)]), from: alice, by: bob)
    // That of another group is not this one's, in whatever epoch.
    let foreign = PreSharedKeyID(
      source: .resumption(.application, groupID: GroupID([1]), epoch: alice.epoch),
      nonce: [UInt8](repeating: 1, count: 32))
    try expectRefusal(
      .missingPreSharedKey, ForgedCommit([.preSharedKey(foreign)]), from: alice, by: bob)
  }

  @Test func `adding who is there, or the same client twice, is refused — RFC 9420 §12.2`() throws {
    let (alice, bob) = try group()
    let copy = try ForgedKeyPackage(signer: bob.signatureKey).make()
    try expectRefusal(
      .invalidProposal(.addsExistingClient), ForgedCommit([.add(copy)]), from: alice, by: bob)
    let signer = try SignatureKey(suite: alice.suite, random: SystemRandom())
    let twice = [
      Proposal.add(try ForgedKeyPackage(signer: signer).make()),
      .add(try ForgedKeyPackage(signer: signer).make()),
    ]
    try expectRefusal(
      .invalidProposal(.multipleAddsOfClient), ForgedCommit(twice), from: alice, by: bob)
    // Whether two credentials stand for one client is the application's to say.
    struct OneClient: CredentialValidator {
      func accepts(
        _: Credential, signatureKey: SignaturePublicKey, introducedBy: CredentialEvent
      ) -> Bool { true }
      func acceptsSuccession(
        from: (credential: Credential, signatureKey: SignaturePublicKey),
        to: (credential: Credential, signatureKey: SignaturePublicKey)
      ) -> Bool { true }
      func client(of credential: Credential) -> ClientID? { ClientID(credential.wireBytes) }
    }
    let strict = Validation(credentials: OneClient(), now: testTime)
    let name = bob.ownLeafNode.credential
    let same = try ForgedKeyPackage(leaf: { $0.credential = name }).make()
    try expectRefusal(
      .invalidProposal(.addsExistingClient), ForgedCommit([.add(same)]), from: alice, by: bob,
      validation: strict)
    let both = [
      Proposal.add(try ForgedKeyPackage().make()), .add(try ForgedKeyPackage().make()),
    ]
    try expectRefusal(
      .invalidProposal(.multipleAddsOfClient), ForgedCommit(both), from: alice, by: bob,
      validation: strict)
  }

  @Test func `what an outsider's Commit may hold — RFC 9420 §12.2, RFC 9420 §12.4.3.2`() throws {
    let (alice, _, carol) = try groupOfThree()
    func check(_ proposals: [Proposal], reference: ProposalRef? = nil) throws {
      let list = ProposalList(
        items: proposals.map {
          CommittedProposal(proposal: $0, sender: .newMemberCommit, reference: reference)
        })
      try list.validate(by: .external, tree: alice.tree, purpose: .ordinary)
    }
    let begin = Proposal.externalInit(kemOutput: [1])
    try check([begin])
    try check([begin, .remove(carol)])
    let wrong = MLSError.invalidProposal(.externalCommitContents)
    #expect(throws: wrong) { try check([]) }
    #expect(throws: wrong) { try check([.remove(carol)]) }
    #expect(throws: wrong) { try check([begin, begin]) }
    #expect(throws: wrong) { try check([begin, .remove(carol), .remove(LeafIndex(0))]) }
    #expect(throws: wrong) { try check([begin, .add(try ForgedKeyPackage().make())]) }
    #expect(throws: wrong) { try check([begin, .groupContextExtensions([])]) }
    #expect(throws: MLSError.invalidProposal(.removesBlank)) {
      try check([begin, .remove(LeafIndex(3))])
    }
    #expect(throws: MLSError.invalidCommit(.referenceInExternalCommit)) {
      try check([begin], reference: ProposalRef([1]))
    }
  }

  @Test func `what outsiders may propose — RFC 9420 §12.1.8, RFC 9420 §6.1`() throws {
    let (alice, _, carol) = try groupOfThree()
    func check(_ proposal: Proposal, by sender: Sender) throws {
      let list = ProposalList(
        items: [CommittedProposal(proposal: proposal, sender: sender, reference: ProposalRef([1]))])
      try list.validate(by: .member(alice.ownLeaf), tree: alice.tree, purpose: .ordinary)
    }
    try check(.remove(carol), by: .external(index: 0))
    try check(.add(try ForgedKeyPackage().make()), by: .newMemberProposal)
    let leaf = try #require(alice.tree[carol])
    #expect(throws: MLSError.invalidProposal(.externalSenderType)) {
      try check(.update(Update(leafNode: leaf)), by: .external(index: 0))
    }
    #expect(throws: MLSError.invalidProposal(.externalSenderType)) {
      try check(.externalInit(kemOutput: []), by: .external(index: 0))
    }
    #expect(throws: MLSError.invalidProposal(.externalSenderType)) {
      try check(.remove(carol), by: .newMemberProposal)
    }
  }

  @Test func `a proposal of another epoch is refused — RFC 9420 §12.1`() throws {
    var settings = GroupSettings()
    settings.proposalsByReference = .accept
    let (alice, bob) = try groupOfTwo(settings: settings)
    let change = FramedContent.Body.proposal(.groupContextExtensions([]))
    for epoch in [0, 2, UInt64.max] {
      var forger = Forger(group: alice)
      var victim = bob
      let message = try forger.send(change, epoch: Epoch(epoch))
      #expect(throws: MLSError.wrongEpoch) { try victim.process(message, validation: acceptAll) }
    }
    var forger = Forger(group: alice)
    var listener = bob
    _ = try listener.process(forger.send(change), validation: acceptAll)
  }

  @Test func `an Add of a KeyPackage that is not valid is refused — RFC 9420 §12.1.1`() throws {
    let (alice, bob) = try group()
    for (error, forged) in [
      (MLSError.invalidKeyPackage(.signature), ForgedKeyPackage(signature: { $0[0] ^= 1 })),
      (.invalidKeyPackage(.initKeyIsEncryptionKey), ForgedKeyPackage(sharesKey: true)),
      (.invalidLeafNode(.signature), ForgedKeyPackage(leafSignature: { $0[0] ^= 1 })),
      (.invalidLeafNode(.source), ForgedKeyPackage(leaf: { $0.source = .update })),
    ] {
      try expectRefusal(error, ForgedCommit([.add(try forged.make())]), from: alice, by: bob)
    }
  }
}
