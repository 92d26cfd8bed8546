// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about joining from outside, a GroupInfo or a leaf of one's own that breaks it.
struct ExternalJoinForgeryTests {
  private let alice: Group

  init() throws { alice = try groupOfTwo(settings: .open).alice }

  /// A GroupInfo that a member signs, whatever is in it.
  private func info(
    _ change: (inout GroupContext) -> Void = { _ in }, extensions: [Extension] = [],
    by group: Group? = nil, tree: RatchetTree? = nil, includesTree: Bool = true,
    external: Extension? = nil, signer: LeafIndex? = nil, key: SignatureKey? = nil
  ) throws -> GroupInfo {
    let group = group ?? alice
    var context = group.context
    var all = extensions + [try external ?? group.externalPubExtension()]
    if includesTree {
      all.append(
        Extension(
          type: .ratchetTree, data: UnverifiedRatchetTree(tree ?? group.tree).wireBytes))
    }
    if var tree { context.treeHash = tree.treeHash() }
    change(&context)
    return try GroupInfo(
      groupContext: context, extensions: all, confirmationTag: group.confirmationTag,
      signer: signer ?? group.ownLeaf, with: key ?? group.signatureKey)
  }

  @Test func `signed by nobody, or not by the signer — RFC 9420 §12.4.3`() throws {
    try expectRefusal(
      .invalidWelcome(.signature),
      info(key: SignatureKey(suite: alice.suite, random: SystemRandom())))
    for blank in [LeafIndex(2), LeafIndex(.max)] {
      try expectRefusal(.invalidWelcome(.signer), info(signer: blank))
    }
    try expectRefusal(.invalidWelcome(.signature), info(signer: LeafIndex(1)))
  }

  @Test func `without a tree, or with another than the group's — RFC 9420 §12.4.3.3`() throws {
    let bare = try info(includesTree: false)
    try expectRefusal(.invalidWelcome(.treeMissing), bare)
    let joined = try Group.joinExternally(
      bare, tree: UnverifiedRatchetTree(alice.tree), as: TestClient("carol").parameters,
      settings: .open, validation: acceptAll, random: SystemRandom())
    #expect(joined.group.members.count == 3)
    try expectRefusal(.invalidTree(.treeHash), info { $0.treeHash[0] ^= 1 })
    var other = alice.tree
    try other.remove(LeafIndex(1))
    #expect(throws: MLSError.invalidTree(.treeHash)) {
      try Group.joinExternally(
        bare, tree: UnverifiedRatchetTree(other), as: TestClient("carol").parameters,
        settings: .open, validation: acceptAll, random: SystemRandom())
    }
  }

  @Test func `with a tree that is not valid — RFC 9420 §7.3, RFC 9420 §7.9.2, RFC 9420 §12.4.3.1`()
    throws
  {
    var tree = alice.tree
    let forged = try ForgedKeyPackage(leafSignature: { $0[0] ^= 1 }).make()
    _ = try tree.add(forged.leafNode)
    try expectRefusal(.invalidLeafNode(.signature), info(tree: tree))
    tree = alice.tree
    var parent = try #require(tree.parent(at: NodeIndex(1)))
    parent.encryptionKey = HPKEPublicKey(
      try alice.suite.generateKeyPair(from: SystemRandom()).publicKey)
    tree.set(NodeIndex(1), to: .parent(parent))
    try expectRefusal(.invalidTree(.parentHash), info(tree: tree))
  }

  @Test func `with an external key that is none — RFC 9420 §12.4.3.2`() throws {
    let keys: [[UInt8]] = [
      [], [1], [32] + [UInt8](repeating: 0, count: 32), [33] + [UInt8](repeating: 9, count: 33),
    ]
    for data in keys {
      try expectRefusal(
        .invalidKey, info(external: Extension(type: .externalPub, data: data)))
    }
  }

  private func expectRefusal(
    _ rule: MLSError, _ info: GroupInfo? = nil, as parameters: LeafParameters? = nil,
    validation: Validation = acceptAll, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let info = try info ?? self.info { _ in }
    let parameters = try parameters ?? TestClient("carol").parameters
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try Group.joinExternally(
        info, as: parameters, settings: .open, validation: validation, random: SystemRandom())
    }
  }

  @Test func `a twin that breaks no rule lets in`() throws {
    let join = try Group.joinExternally(
      info { _ in }, as: TestClient("carol").parameters, settings: .open, validation: acceptAll,
      random: SystemRandom())
    var alice = alice
    try alice.follow(join.message)
    expectAgreement([alice, join.group])
  }

  @Test func `of another version or suite — RFC 9420 §12.4.3.1`() throws {
    try expectRefusal(
      .invalidWelcome(.version), info { $0.version = ProtocolVersion(rawValue: 2) })
    let other = CipherSuite.x25519AES128
    try expectRefusal(.invalidWelcome(.cipherSuite), info { $0.cipherSuite = other.number })
    try expectRefusal(
      .invalidWelcome(.cipherSuite), as: TestClient("carol", suite: other).parameters)
  }

  @Test func `of the last epoch`() throws {
    try expectRefusal(.invalidCommit(.epochExhausted), info { $0.epoch = Epoch(.max) })
  }

  @Test func `with an extension twice — RFC 9420 §13.4`() throws {
    let one = Extension(type: testExtension, data: [])
    try expectRefusal(.invalidExtensions(.duplicateType), info { $0.extensions = [one, one] })
    try expectRefusal(
      .invalidExtensions(.duplicateType), info({ _ in }, extensions: [one, one]))
  }

  @Test func `with a leaf of one's own that is not valid — RFC 9420 §7.2`() throws {
    var parameters = try TestClient("carol").parameters
    parameters.capabilities.credentials = [.x509]
    try expectRefusal(.invalidLeafNode(.ownCredentialTypeUnlisted), as: parameters)
  }

  @Test func `with a leaf that does not suit the group — RFC 9420 §7.3, RFC 9420 §13.4`() throws {
    var parameters = try TestClient("carol").parameters
    parameters.signatureKey = alice.signatureKey
    try expectRefusal(.invalidLeafNode(.duplicateSignatureKey), as: parameters)
    var group = alice
    group = try group.commit(
      [.groupContextExtensions([Extension(type: testExtension, data: [])])], validation: acceptAll,
      random: SystemRandom()
    ).next
    parameters = try TestClient("carol").parameters
    parameters.capabilities.extensions = []
    try expectRefusal(
      .invalidLeafNode(.groupExtensionUnsupported),
      group.groupInfoForExternalJoin(random: SystemRandom()), as: parameters)
  }

  @Test func `that makes use of a reserved value, though all list it: RFC 9420 §13.5`() throws {
    let type = ExtensionType(rawValue: 0x0A0A)
    var parameters = try TestClient("alice").parameters
    parameters.capabilities.extensions.append(type)
    let credential = CredentialType(rawValue: 0x0A0A)
    parameters.capabilities.credentials.append(credential)
    let founder = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    parameters.signatureKey = try TestClient("carol").signatureKey
    for (extensions, rule) in [
      ([Extension(type: type, data: [])], ExtensionRule.unsupported),
      ([RequiredCapabilities(extensions: [type]).asExtension], .requiredCapabilities),
      ([RequiredCapabilities(credentials: [credential]).asExtension], .requiredCapabilities),
    ] {
      try expectRefusal(
        .invalidExtensions(rule), info({ $0.extensions = extensions }, by: founder),
        as: parameters)
    }
  }

  @Test func `in place of somebody whose successor one is not — RFC 9420 §5.3.1`() throws {
    func join(as name: String) throws {
      _ = try Group.joinExternally(
        info { _ in }, as: TestClient(name).parameters, replacing: LeafIndex(1), settings: .open,
        validation: Validation(credentials: NoMallory(), now: testTime), random: SystemRandom())
    }
    try join(as: "bob")
    #expect(throws: MLSError.invalidLeafNode(.credential)) { try join(as: "carol") }
  }
}
