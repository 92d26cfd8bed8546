// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// An honest invitation, and the means to write another GroupInfo into it.
struct Invitation {
  let keyPackage: OwnKeyPackage
  let next: Group
  let welcome: Welcome
  let secrets: GroupSecrets
  let info: GroupInfo

  /// - Parameters:
  ///   - capabilities: Of all, the joiner too.
  init(members: Int = 1, capabilities: Capabilities = testCapabilities) throws {
    var founder = try TestClient("alice").parameters
    founder.capabilities = capabilities
    var alice = try Group(
      creating: GroupID(SystemRandom().bytes(32)), suite: .x25519ChaCha20, as: founder,
      validation: acceptAll, random: SystemRandom())
    for _ in 1..<members {
      alice =
        try alice.commit(
          [.add(try ForgedKeyPackage().make())], validation: acceptAll, random: SystemRandom()
        ).next
    }
    keyPackage = try OwnKeyPackage(
      signatureKey: SignatureKey(suite: alice.suite, random: SystemRandom()),
      credential: .basic(identity: Array("bob".utf8)), capabilities: capabilities,
      lifetime: Lifetime(notBefore: testTime - 60, notAfter: testTime + 3600), grease: .leaveOut,
      random: SystemRandom())
    let pending = try alice.commit(
      [.add(keyPackage.keyPackage)], validation: acceptAll, random: SystemRandom())
    next = pending.next
    welcome = try #require(pending.welcome)
    let opened = try welcome.open(with: keyPackage, NoPreSharedKeys())
    secrets = opened.secrets
    info = opened.info
  }

  func join(
    _ welcome: Welcome, tree: UnverifiedRatchetTree? = nil, validation: Validation = acceptAll
  ) throws -> Group {
    try Group(joining: welcome, with: keyPackage, tree: tree, validation: validation)
  }

  /// The Welcome with another GroupInfo and other secrets in it.
  func forged(
    context change: (inout GroupContext) -> Void = { _ in },
    tree: RatchetTree? = nil, includesTree: Bool = true, extensions: [Extension] = [],
    confirmationTag: [UInt8]? = nil, signer: LeafIndex? = nil, key: SignatureKey? = nil,
    joinerSecret: SharedSecret? = nil, pathSecret: SharedSecret?? = .none,
    preSharedKeys: [PreSharedKeyID]? = nil,
    suite number: CipherSuite.Number? = nil
  ) throws -> Welcome {
    var context = info.groupContext
    let suite = next.suite
    var extensions = extensions
    if includesTree {
      extensions.append(
        Extension(
          type: .ratchetTree, data: UnverifiedRatchetTree(tree ?? next.tree).wireBytes))
    }
    if var tree { context.treeHash = tree.treeHash() }
    change(&context)
    let joinerSecret = joinerSecret ?? secrets.joinerSecret
    let member = JoinerSecret(joinerSecret, suite: suite)
      .withPreSharedKeys(suite.zeroSecret)
    let honestTag = suite.mac(
      key: member.epochSecrets(groupContext: context.wireBytes).confirmation,
      context.confirmedTranscriptHash)
    let info = try GroupInfo(
      groupContext: context, extensions: extensions,
      confirmationTag: confirmationTag ?? honestTag, signer: signer ?? self.info.signer,
      with: key ?? next.signatureKey)
    let (welcomeKey, nonce) = member.welcomeKey()
    let encrypted = try suite.hpke.aead.seal(
      info.wireBytes, key: welcomeKey, nonce: nonce, associatedData: [])
    let inner = GroupSecrets(
      joinerSecret: joinerSecret,
      pathSecret: pathSecret ?? secrets.pathSecret,
      preSharedKeys: preSharedKeys ?? secrets.preSharedKeys)
    return Welcome(
      cipherSuite: number ?? welcome.cipherSuite,
      secrets: [
        EncryptedGroupSecrets(
          newMember: keyPackage.reference,
          encryptedGroupSecrets: try suite.encrypt(
            inner.encodedExposingSecrets(), to: keyPackage.keyPackage.initKey, label: "Welcome",
            context: encrypted))
      ], encryptedGroupInfo: encrypted)
  }
}
