// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// Welcomes that break a rule of RFC 9420 §12.4.3 let nobody in.
struct WelcomeRuleTests {
  /// A Welcome in the making: every part of it can be exchanged before it is sealed, by the twin of
  /// a committer that signs what it likes.
  private struct Forgery {
    let alice: Group
    let bob: OwnKeyPackage
    let pending: PendingCommit
    let welcome: Welcome
    let secrets: GroupSecrets
    let info: GroupInfo
    let member: MemberSecret

    init(suite: CipherSuite = .x25519ChaCha20) throws {
      var alice = try TestClient("alice", suite: suite).createGroup()
      bob = try TestClient("bob", suite: suite).keyPackage()
      pending = try alice.commit(
        [.add(bob.keyPackage)], validation: acceptAll, random: SystemRandom())
      self.alice = alice
      welcome = try #require(pending.welcome)
      secrets = try welcome.groupSecrets(
        for: bob.reference, initKey: bob.initKey, suite: suite)
      member = JoinerSecret(secrets.joinerSecret, suite: suite)
        .withPreSharedKeys(suite.zeroSecret)
      info = try welcome.groupInfo(member: member, suite: suite)
    }

    /// A Welcome with another GroupInfo or other secrets.
    func sealed(
      context: GroupContext? = nil, extensions: [Extension]? = nil, tag: [UInt8]? = nil,
      signer: LeafIndex? = nil, key: SignatureKey? = nil, secrets changed: GroupSecrets? = nil,
      reference: KeyPackageRef? = nil, number: CipherSuite.Number? = nil,
      info changedInfo: (([UInt8]) -> [UInt8])? = nil
    ) throws -> Welcome {
      let suite = bob.suite
      let info = try GroupInfo(
        groupContext: context ?? info.groupContext, extensions: extensions ?? info.extensions,
        confirmationTag: tag ?? info.confirmationTag, signer: signer ?? info.signer,
        with: key ?? pending.next.signatureKey)
      let sealing = member.welcomeKey()
      let encrypted = try suite.hpke.aead.seal(
        changedInfo?(info.wireBytes) ?? info.wireBytes, key: sealing.key, nonce: sealing.nonce,
        associatedData: [])
      let ciphertext = try suite.encrypt(
        (changed ?? secrets).encodedExposingSecrets(), to: bob.keyPackage.initKey,
        label: "Welcome", context: encrypted)
      return Welcome(
        cipherSuite: number ?? suite.number,
        secrets: [
          EncryptedGroupSecrets(
            newMember: reference ?? bob.reference, encryptedGroupSecrets: ciphertext)
        ],
        encryptedGroupInfo: encrypted)
    }

    func join(
      _ welcome: Welcome, tree: UnverifiedRatchetTree? = nil, isInUse: Bool = false
    ) throws -> Group {
      try Group(
        joining: welcome, with: bob, tree: tree, validation: acceptAll, isInUse: { _ in isInUse })
    }
  }

  @Test(arguments: testedSuites)
  func `an honest one lets in, with and without the tree`(suite: CipherSuite) throws {
    let forgery = try Forgery(suite: suite)
    #expect(try forgery.join(forgery.sealed()).context == forgery.pending.next.context)
    let tree = UnverifiedRatchetTree(forgery.pending.next.tree)
    let bare = try forgery.sealed(extensions: [])
    #expect(try forgery.join(bare, tree: tree).context == forgery.pending.next.context)
  }

  @Test func `for somebody else: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    let other = KeyPackageRef([UInt8](repeating: 1, count: 32))
    #expect(throws: MLSError.invalidWelcome(.notForThisKeyPackage)) {
      try forgery.join(forgery.sealed(reference: other))
    }
  }

  @Test func `of another suite, outside or inside: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    let other = CipherSuite.x25519AES128.number
    #expect(throws: MLSError.invalidWelcome(.cipherSuite)) {
      try forgery.join(forgery.sealed(number: other))
    }
    var context = forgery.info.groupContext
    context.cipherSuite = other
    #expect(throws: MLSError.invalidWelcome(.cipherSuite)) {
      try forgery.join(forgery.sealed(context: context))
    }
  }

  @Test func `of another version: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    var context = forgery.info.groupContext
    context.version = ProtocolVersion(rawValue: 2)
    #expect(throws: MLSError.invalidWelcome(.version)) {
      try forgery.join(forgery.sealed(context: context))
    }
  }

  @Test func `a wrong signature on the GroupInfo: RFC 9420 §12.4.3`() throws {
    let forgery = try Forgery()
    let stranger = try TestClient("mallory").signatureKey
    #expect(throws: MLSError.invalidWelcome(.signature)) {
      try forgery.join(forgery.sealed(key: stranger))
    }
  }

  @Test func `a signer who is no member: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    #expect(throws: MLSError.invalidWelcome(.signer)) {
      try forgery.join(forgery.sealed(signer: LeafIndex(7)))
    }
  }

  @Test func `a group id in use: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    #expect(throws: MLSError.invalidWelcome(.groupIDInUse)) {
      try forgery.join(forgery.welcome, isInUse: true)
    }
  }

  @Test func `a tree of another hash, or none: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    #expect(throws: MLSError.invalidWelcome(.treeMissing)) {
      try forgery.join(forgery.sealed(extensions: []))
    }
    let old = Extension(
      type: .ratchetTree, data: UnverifiedRatchetTree(forgery.alice.tree).wireBytes)
    #expect(throws: MLSError.invalidTree(.treeHash)) {
      try forgery.join(forgery.sealed(extensions: [old]))
    }
    let garbage = Extension(type: .ratchetTree, data: [1, 0])
    #expect(throws: MLSError.malformed(.invalidValue)) {
      try forgery.join(forgery.sealed(extensions: [garbage]))
    }
  }

  @Test func `an extension twice: RFC 9420 §13.4`() throws {
    let forgery = try Forgery()
    let twice = forgery.info.extensions + [Extension(type: .ratchetTree, data: [])]
    // An honest GroupInfo is refused already when it is made.
    #expect(throws: MLSError.invalidExtensions(.duplicateType)) {
      try forgery.pending.next.groupInfo(extensions: twice)
    }
    #expect(throws: MLSError.invalidExtensions(.duplicateType)) {
      try forgery.join(forgery.sealed(extensions: twice))
    }
  }

  @Test func `a tree without the newcomer's leaf: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    var context = forgery.info.groupContext
    var tree = forgery.alice.tree
    context.treeHash = tree.treeHash()
    let alone = Extension(type: .ratchetTree, data: UnverifiedRatchetTree(tree).wireBytes)
    #expect(throws: MLSError.invalidWelcome(.ownLeafMissing)) {
      try forgery.join(
        forgery.sealed(
          context: context, extensions: [alone], key: forgery.alice.signatureKey))
    }
  }

  @Test func `an extension of the group that the newcomer does not know: RFC 9420 §13.4`() throws {
    let forgery = try Forgery()
    var context = forgery.info.groupContext
    context.extensions = [Extension(type: ExtensionType(rawValue: 0xF0EE), data: [])]
    #expect(throws: MLSError.invalidLeafNode(.groupExtensionUnsupported)) {
      try forgery.join(forgery.sealed(context: context))
    }
  }

  @Test func `a wrong confirmation tag: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    let right = forgery.info.confirmationTag
    for tag in [[], [right[0]], Array(right.dropLast()), right + [0], right.map { ~$0 }] {
      #expect(throws: MLSError.invalidWelcome(.confirmationTag)) {
        try forgery.join(forgery.sealed(tag: tag))
      }
    }
  }

  @Test func `a path secret that is not the tree's: RFC 9420 §12.4.3.1`() throws {
    let forgery = try Forgery()
    let other = GroupSecrets(
      joinerSecret: forgery.secrets.joinerSecret,
      pathSecret: SharedSecret([UInt8](repeating: 3, count: 32)), preSharedKeys: [])
    #expect(throws: MLSError.invalidUpdatePath(.keyMismatch)) {
      try forgery.join(forgery.sealed(secrets: other))
    }
  }

  @Test func `pre-shared keys that are absent, ill-sized or contradictory: RFC 9420 §12.4.3.1`()
    throws
  {
    let forgery = try Forgery()
    func welcome(_ ids: [PreSharedKeyID]) throws -> Welcome {
      try forgery.sealed(
        secrets: GroupSecrets(
          joinerSecret: forgery.secrets.joinerSecret, pathSecret: forgery.secrets.pathSecret,
          preSharedKeys: ids))
    }
    let nonce = SystemRandom().bytes(32)
    let absent = PreSharedKeyID(source: .external(id: [1]), nonce: nonce)
    #expect(throws: MLSError.missingPreSharedKey) { try forgery.join(welcome([absent])) }
    let founding = [PreSharedKeyID.ResumptionUsage.reInit, .branch].map {
      PreSharedKeyID(
        source: .resumption($0, groupID: GroupID([1]), epoch: Epoch(1)), nonce: nonce)
    }
    #expect(throws: MLSError.invalidWelcome(.preSharedKeys)) {
      try forgery.join(welcome(founding))
    }
  }

  @Test func `a leaf whose signature is for another group: RFC 9420 §7.3`() throws {
    let forgery = try Forgery()
    var context = forgery.info.groupContext
    context.groupID = GroupID([1, 2, 3])
    #expect(throws: MLSError.invalidLeafNode(.signature)) {
      try forgery.join(forgery.sealed(context: context))
    }
  }

  @Test func `every byte of a Welcome counts`() throws {
    let forgery = try Forgery()
    let bytes = MLSMessage.welcome(forgery.welcome).wireBytes
    for place in stride(from: 0, to: bytes.count, by: 3) {
      var forged = bytes
      forged[place] ^= 0x10
      guard case .welcome(let welcome)? = try? MLSMessage(wireBytes: forged) else { continue }
      #expect(throws: MLSError.self) { try forgery.join(welcome) }
    }
  }
}
