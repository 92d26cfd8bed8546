// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about joining, a Welcome that breaks it; made by the inviter, who has all secrets.
struct WelcomeForgeryTests {
  private func expectRefusal(
    _ error: MLSError, _ invitation: Invitation, _ welcome: Welcome,
    tree: UnverifiedRatchetTree? = nil, validation: Validation = acceptAll,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: error, sourceLocation: sourceLocation) {
      try invitation.join(welcome, tree: tree, validation: validation)
    }
  }

  @Test func `a twin that breaks no rule lets in`() throws {
    let invitation = try Invitation(members: 3)
    let joined = try invitation.join(invitation.forged())
    #expect(joined.epochAuthenticator.equals(invitation.next.epochAuthenticator))
  }

  @Test func `for another KeyPackage, or another suite — RFC 9420 §12.4.3.1`() throws {
    let invitation = try Invitation()
    let other = try Invitation()
    expectRefusal(.invalidWelcome(.notForThisKeyPackage), invitation, other.welcome)
    expectRefusal(
      .invalidWelcome(.cipherSuite), invitation,
      try invitation.forged(suite: CipherSuite.Number(rawValue: 1)))
    expectRefusal(
      .invalidWelcome(.cipherSuite), invitation,
      try invitation.forged(context: { $0.cipherSuite = CipherSuite.Number(rawValue: 1) }))
    expectRefusal(
      .invalidWelcome(.version), invitation,
      try invitation.forged(context: { $0.version = ProtocolVersion(rawValue: 2) }))
  }

  @Test func `of a group that this client is in — RFC 9420 §12.4.3.1`() throws {
    let invitation = try Invitation()
    let id = invitation.next.id
    #expect(throws: MLSError.invalidWelcome(.groupIDInUse)) {
      try Group(
        joining: invitation.welcome, with: invitation.keyPackage, validation: acceptAll,
        isInUse: { $0 == id })
    }
  }

  @Test(arguments: [0, 31, 33, 1_000])
  func `with a joiner secret of another length — RFC 9420 §8`(_ count: Int) throws {
    let invitation = try Invitation()
    let forged = try invitation.forged(joinerSecret: SystemRandom().secret(count))
    expectRefusal(.invalidWelcome(.secretLength), invitation, forged)
  }

  @Test func `with one key twice — RFC 9420 §12.2`() throws {
    let invitation = try Invitation()
    let key = PreSharedKeyID(source: .external(id: [1]), nonce: SystemRandom().bytes(32))
    let other = PreSharedKeyID(source: .external(id: [1]), nonce: SystemRandom().bytes(32))
    expectRefusal(
      .invalidWelcome(.preSharedKeys), invitation,
      try invitation.forged(preSharedKeys: [key, other, key]))
  }

  @Test func `without a tree, or with one that is not the group's — RFC 9420 §12.4.3.1`() throws {
    let invitation = try Invitation(members: 3)
    let bare = try invitation.forged(includesTree: false)
    expectRefusal(.invalidWelcome(.treeMissing), invitation, bare)
    let given = UnverifiedRatchetTree(invitation.next.tree)
    #expect(try invitation.join(bare, tree: given).epoch == invitation.next.epoch)
    var other = invitation.next.tree
    try other.remove(LeafIndex(1))
    expectRefusal(
      .invalidTree(.treeHash), invitation, bare, tree: UnverifiedRatchetTree(other))
    expectRefusal(
      .invalidTree(.treeHash), invitation, try invitation.forged(context: { $0.treeHash[0] ^= 1 }))
    let hash = invitation.info.groupContext.treeHash
    expectRefusal(
      .invalidTree(.treeHash), invitation,
      try invitation.forged(context: { $0.treeHash = Array(hash.dropLast()) }))
  }

  @Test func `with a tree whose parents nobody has signed for — RFC 9420 §7.9.2`() throws {
    let invitation = try Invitation(members: 3)
    var tree = invitation.next.tree
    var parent = try #require(tree.parent(at: tree.size.root))
    parent.encryptionKey = HPKEPublicKey(
      try tree.suite.generateKeyPair(from: SystemRandom()).publicKey)
    tree.set(tree.size.root, to: .parent(parent))
    expectRefusal(.invalidTree(.parentHash), invitation, try invitation.forged(tree: tree))
  }

  @Test func `with a tree one of whose leaves is not right — RFC 9420 §7.3, RFC 9420 §12.4.3.1`()
    throws
  {
    let invitation = try Invitation(members: 3)
    let stranger = try ForgedKeyPackage(leafSignature: { $0[0] ^= 1 }).make().leafNode
    var tree = invitation.next.tree
    // A leaf that is unmerged everywhere takes part in no parent hash.
    let index = try tree.add(stranger)
    #expect(index == LeafIndex(4))
    expectRefusal(.invalidLeafNode(.signature), invitation, try invitation.forged(tree: tree))
    tree = invitation.next.tree
    let deaf = try ForgedKeyPackage(leaf: { $0.capabilities.credentials = [.x509] }).make()
    _ = try tree.add(deaf.leafNode)
    expectRefusal(
      .invalidLeafNode(.ownCredentialTypeUnlisted), invitation, try invitation.forged(tree: tree))
  }

  @Test func `with a member whose leaf has an extension twice — RFC 9420 §13.4`() throws {
    let invitation = try Invitation()
    var tree = invitation.next.tree
    let twice = [Extension](repeating: Extension(type: testExtension, data: []), count: 2)
    _ = try tree.add(ForgedKeyPackage(leaf: { $0.extensions = twice }).make().leafNode)
    expectRefusal(
      .invalidExtensions(.duplicateType), invitation, try invitation.forged(tree: tree))
  }

  @Test func `with a member whom the application refuses — RFC 9420 §5.3.1`() throws {
    let invitation = try Invitation()
    var tree = invitation.next.tree
    let mallory = try ForgedKeyPackage(leaf: { $0.credential = NoMallory.mallory }).make()
    _ = try tree.add(mallory.leafNode)
    let welcome = try invitation.forged(tree: tree)
    expectRefusal(
      .invalidLeafNode(.credential), invitation, welcome,
      validation: Validation(credentials: NoMallory(), now: testTime))
  }

  @Test func `signed by nobody, or not by the signer — RFC 9420 §12.4.3, RFC 9420 §12.4.3.1`()
    throws
  {
    let invitation = try Invitation(members: 3)
    for signer in [5, 4, 0x8000_0000, 0xFFFF_FFFF] as [UInt32] {
      expectRefusal(
        .invalidWelcome(.signer), invitation,
        try invitation.forged(signer: LeafIndex(signer)))
    }
    expectRefusal(
      .invalidWelcome(.signature), invitation, try invitation.forged(signer: LeafIndex(1)))
    expectRefusal(
      .invalidWelcome(.signature), invitation,
      try invitation.forged(
        key: SignatureKey(suite: invitation.next.suite, random: SystemRandom())))
  }

  @Test func `whose tree does not hold the joiner's leaf — RFC 9420 §12.4.3.1`() throws {
    let invitation = try Invitation(members: 3)
    var tree = invitation.next.tree
    try tree.remove(LeafIndex(3))
    expectRefusal(.invalidWelcome(.ownLeafMissing), invitation, try invitation.forged(tree: tree))
  }

  @Test func `with a path secret that does not give the tree's keys — RFC 9420 §12.4.3.1`() throws {
    let invitation = try Invitation(members: 3)
    let wrong = SystemRandom().secret(32)
    expectRefusal(
      .invalidUpdatePath(.keyMismatch), invitation, try invitation.forged(pathSecret: .some(wrong)))
  }

  @Test func `with another confirmation tag — RFC 9420 §12.4.3.1`() throws {
    let invitation = try Invitation()
    let honest = invitation.info.confirmationTag
    for tag in [
      [], [honest[0]], Array(honest.dropLast()), honest + [0], [honest[0] ^ 1] + honest.dropFirst(),
    ] {
      expectRefusal(
        .invalidWelcome(.confirmationTag), invitation, try invitation.forged(confirmationTag: tag))
    }
    expectRefusal(
      .invalidWelcome(.confirmationTag), invitation,
      try invitation.forged(confirmationTag: [UInt8](repeating: 0, count: honest.count)))
  }

  @Test func `with an extension twice, or one that the joiner does not know — RFC 9420 §13.4`()
    throws
  {
    let invitation = try Invitation()
    let twice = [Extension](repeating: Extension(type: testExtension, data: []), count: 2)
    expectRefusal(
      .invalidExtensions(.duplicateType), invitation, try invitation.forged(extensions: twice))
    expectRefusal(
      .invalidExtensions(.duplicateType), invitation,
      try invitation.forged(context: { $0.extensions = twice }))
    let unknown = [Extension(type: ExtensionType(rawValue: 0xF0FF), data: [])]
    expectRefusal(
      .invalidWelcome(.unsupportedExtension), invitation,
      try invitation.forged(context: { $0.extensions = unknown }))
    #expect(throws: MLSError.invalidExtensions(.duplicateType)) {
      try invitation.next.groupInfo(extensions: twice, random: SystemRandom())
    }
  }

  @Test func `that asks for pre-shared keys which are not there — RFC 9420 §12.4.3.1`() throws {
    let invitation = try Invitation()
    let nonce = [UInt8](repeating: 1, count: 32)
    func resumption(
      _ usage: PreSharedKeyID.ResumptionUsage, epoch: UInt64 = 1
    ) -> PreSharedKeyID {
      PreSharedKeyID(
        source: .resumption(usage, groupID: GroupID([1]), epoch: Epoch(epoch)), nonce: nonce)
    }
    let external = PreSharedKeyID(source: .external(id: [1]), nonce: nonce)
    expectRefusal(
      .missingPreSharedKey, invitation, try invitation.forged(preSharedKeys: [external]))
    expectRefusal(
      .invalidWelcome(.preSharedKeys), invitation,
      try invitation.forged(preSharedKeys: [resumption(.reInit), resumption(.branch)]))
    for usage in [PreSharedKeyID.ResumptionUsage.reInit, .branch] {
      expectRefusal(
        .invalidWelcome(.preSharedKeys), invitation,
        try invitation.forged(preSharedKeys: [resumption(usage), resumption(usage, epoch: 2)]))
    }
  }

  @Test func `with a pre-shared key under a short nonce — RFC 9420 §8.4`() throws {
    struct Store: PreSharedKeyStore {
      func externalKey(id: [UInt8]) -> SharedSecret? { SharedSecret([1, 2, 3]) }
      func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? { nil }
    }
    let invitation = try Invitation()
    let short = PreSharedKeyID(source: .external(id: [1]), nonce: [1])
    let welcome = try invitation.forged(preSharedKeys: [short])
    #expect(throws: MLSError.invalidProposal(.pskNonceLength)) {
      try Group(
        joining: welcome, with: invitation.keyPackage, preSharedKeys: Store(),
        validation: acceptAll)
    }
  }

  @Test func `that does not open, or opens to nonsense`() throws {
    let invitation = try Invitation()
    var secrets = invitation.welcome.secrets
    let entry = secrets[0]
    var ciphertext = entry.encryptedGroupSecrets
    ciphertext.ciphertext[0] ^= 1
    secrets[0] = EncryptedGroupSecrets(
      newMember: entry.newMember, encryptedGroupSecrets: ciphertext)
    expectRefusal(
      .decryptionFailed, invitation,
      Welcome(
        cipherSuite: invitation.welcome.cipherSuite, secrets: secrets,
        encryptedGroupInfo: invitation.welcome.encryptedGroupInfo))
    // The encrypted GroupInfo is the context of the encrypted secrets: neither is exchanged alone.
    var info = invitation.welcome.encryptedGroupInfo
    info[0] ^= 1
    expectRefusal(
      .decryptionFailed, invitation,
      Welcome(
        cipherSuite: invitation.welcome.cipherSuite, secrets: invitation.welcome.secrets,
        encryptedGroupInfo: info))
  }
}
