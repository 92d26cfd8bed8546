// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

/// Joining without being added, RFC 9420 section 12.4.3.2.
extension Group {
  /// What an outsider needs to join: the GroupInfo with the tree and the external public key.
  public func groupInfoForExternalJoin(
    extensions: [Extension] = [], grease: Grease = .include, random: some RandomSource
  ) throws(MLSError) -> GroupInfo {
    try groupInfo(
      extensions: extensions + [treeExtension, externalPubExtension()], grease: grease,
      random: random)
  }

  /// The `external_pub` extension of a GroupInfo, RFC 9420 section 12.4.3.2.
  public func externalPubExtension() throws(MLSError) -> Extension {
    let keys = try suite.deriveKeyPair(from: keys.external)
    return Extension(type: .externalPub, data: HPKEPublicKey(keys.publicKey).wireBytes)
  }

  /// A Commit by which a client joins, and the group that it then is in.
  public struct ExternalJoin: Sendable {
    /// For all members; the join takes place when they have taken it.
    public let message: MLSMessage
    public let group: Group
  }

  /// Makes the Commit by which this client joins on its own.
  ///
  /// - Parameters:
  ///   - info: With the external public key; of the group's present epoch.
  ///   - tree: Where the GroupInfo does not hold it.
  ///   - replacing: An earlier appearance of this client, which the Commit removes.
  ///   - keyIDs: Pre-shared keys to mix in.
  ///   - isInUse: Whether this client is in a group of that id already; not asked where it comes back in
  ///     its own place.
  public static func joinExternally(
    _ info: GroupInfo, tree: UnverifiedRatchetTree? = nil, as parameters: LeafParameters,
    replacing: LeafIndex? = nil, keyIDs: [PreSharedKeyID] = [],
    preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(),
    settings: GroupSettings = GroupSettings(), authenticatedData: [UInt8] = [],
    validation: Validation, isInUse: (GroupID) -> Bool, random: some RandomSource
  ) throws(MLSError) -> ExternalJoin {
    try requireShort(authenticatedData.count)
    let signer = parameters.signatureKey
    let suite = signer.suite
    var context = info.groupContext
    // RFC 9420 §12.4.3.1
    guard context.cipherSuite == suite.number else { throw .invalidWelcome(.cipherSuite) }
    guard context.version == .mls10 else { throw .invalidWelcome(.version) }
    // RFC 9420 §12.4.3
    guard replacing != nil || !isInUse(context.groupID) else {
      throw .invalidWelcome(.groupIDInUse)
    }
    guard let nextEpoch = context.epoch.next else { throw .invalidCommit(.epochExhausted) }
    let verified = try info.verifiedTree(tree, suite: suite, validation)
    let (kemOutput, initSecret) = try info.externalInit(suite: suite)
    var proposals = [Proposal.externalInit(kemOutput: kemOutput)]
    if let replacing { proposals.append(.remove(replacing)) }
    proposals += keyIDs.map { .preSharedKey($0) }
    let list = ProposalList(
      items: proposals.map {
        CommittedProposal(proposal: $0, sender: .newMemberCommit, reference: nil)
      })
    var outcome = try list.apply(
      to: verified, extensions: context.extensions, groupID: context.groupID, by: .external,
      purpose: .ordinary, direction: .sending, validation)
    let own = try outcome.tree.makeRoom()
    let place = LeafNode.Place(groupID: context.groupID, leafIndex: own)
    let staged = try outcome.tree.stagePath(of: own, random: random) {
      (key: HPKEPublicKey, parentHash: [UInt8]) throws(MLSError) -> LeafNode in
      try LeafNode(
        signing: LeafNodeContents(
          encryptionKey: key, parameters: parameters, source: .commit(parentHash: parentHash),
          random: random),
        for: place, with: signer)
    }
    try staged.leafNode.validate(
      .commit(outcome.removed.first?.leaf), at: place, suite: suite, direction: .sending,
      introducedBy: .commit, validation)
    try outcome.tree.validateCompatibility(of: [own], extensions: context.extensions)
    try parameters.capabilities.requireOwnSupport(
      of: context.extensions, credentials: outcome.tree.members.map(\.leaf.credential.type))
    let oldContext = context.wireBytes
    let oldEpoch = context.epoch
    context.epoch = nextEpoch
    context.treeHash = outcome.tree.treeHash()
    let path = try staged.encrypted(
      in: outcome.tree, groupContext: context.wireBytes, excluding: [])
    var message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: context.groupID, epoch: oldEpoch, sender: .newMemberCommit,
        authenticatedData: authenticatedData,
        body: .commit(Commit(proposals: proposals.map { .proposal($0) }, path: path))),
      wireFormat: .publicMessage, context: oldContext, with: signer)
    context.confirmedTranscriptHash = suite.confirmedTranscriptHash(
      after: message,
      interim: suite.interimTranscriptHash(
        confirmed: context.confirmedTranscriptHash, confirmationTag: info.confirmationTag))
    let result = NextEpoch(
      context: context, tree: outcome.tree, treeSecrets: staged.secrets, signatureKey: signer,
      commitSecret: staged.commitSecret, initSecret: initSecret,
      pskSecret: try suite.preSharedKeySecret(keyIDs, from: preSharedKeys)
    ).begin(suite: suite, settings: settings)
    message.auth.confirmationTag = result.confirmationTag
    return ExternalJoin(
      message: .publicMessage(
        PublicMessage(content: message.content, auth: message.auth, membershipTag: nil)),
      group: result.group)
  }
}

extension GroupInfo {
  /// A fresh init secret for the group's next epoch, RFC 9420 section 8.3.
  fileprivate func externalInit(
    suite: CipherSuite
  ) throws(MLSError) -> (kemOutput: [UInt8], initSecret: SharedSecret) {
    // RFC 9420 §12.4.3.2
    guard let data = extensions[.externalPub] else { throw .invalidWelcome(.externalPubMissing) }
    do {
      let key = try HPKEPublicKey(wireBytes: data)
      let result = try suite.hpke.encapsulateExport(
        to: key.bytes, info: [], exporterContext: CipherSuite.externalInitLabel,
        count: suite.hashLength)
      return (result.encapsulatedKey, result.secret)
    } catch {
      throw .invalidKey
    }
  }
}

extension CipherSuite {
  /// `psk_secret` of keys that a store holds.
  func preSharedKeySecret(
    _ ids: [PreSharedKeyID], from store: some PreSharedKeyStore
  ) throws(MLSError) -> SharedSecret {
    var found: [(id: PreSharedKeyID, secret: SharedSecret)] = []
    for id in ids {
      // RFC 9420 §12.4.3.1
      guard let secret = store.key(for: id) else { throw .missingPreSharedKey }
      // RFC 9420 §8.4
      guard id.nonce.count == hashLength else { throw .invalidProposal(.pskNonceLength) }
      found.append((id, secret))
    }
    return try preSharedKeySecret(found)
  }
}
