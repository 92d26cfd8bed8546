// SPDX-License-Identifier: Apache-2.0

import WireFormat

extension Group {
  /// Joins a group that a Welcome lets this client into, RFC 9420 section 12.4.3.1.
  ///
  /// - Parameters:
  ///   - keyPackage: The one that the inviter used; to be erased afterwards, it works once.
  ///   - tree: The ratchet tree, where the Welcome does not hold it.
  ///   - predecessor: The group from which this one must have been founded, by a ReInit or as a branch,
  ///     in the epoch whose members count; a Welcome to any other group is refused.
  ///   - isInUse: Whether this client is in a group of that id already, which the Welcome is then
  ///     refused for (RFC 9420 section 12.4.3).
  public init(
    joining welcome: Welcome, with keyPackage: OwnKeyPackage, tree: UnverifiedRatchetTree? = nil,
    preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(), predecessor: Group? = nil,
    settings: GroupSettings = GroupSettings(), validation: Validation,
    isInUse: (GroupID) -> Bool
  ) throws(MLSError) {
    let suite = keyPackage.suite
    // RFC 9420 §12.4.3.1
    guard welcome.cipherSuite == suite.number else { throw .invalidWelcome(.cipherSuite) }
    let opened = try welcome.open(
      with: keyPackage, Predecessor(group: predecessor, others: preSharedKeys))
    let info = opened.info
    let context = info.groupContext
    // RFC 9420 §12.4.3.1
    guard context.cipherSuite == suite.number else { throw .invalidWelcome(.cipherSuite) }
    guard context.version == .mls10 else { throw .invalidWelcome(.version) }
    // RFC 9420 §12.4.3, RFC 9420 §12.4.3.1
    guard !isInUse(context.groupID) else { throw .invalidWelcome(.groupIDInUse) }
    // RFC 9420 §13.4
    guard
      keyPackage.keyPackage.leafNode.capabilities.supports(all: context.extensions.map(\.type))
    else { throw .invalidWelcome(.unsupportedExtension) }
    let verified = try info.verifiedTree(tree, suite: suite, validation)
    try keyPackage.keyPackage.leafNode.capabilities.requireOwnSupport(
      of: context.extensions, credentials: verified.members.map(\.leaf.credential.type))
    // RFC 9420 §12.4.3.1
    guard let own = verified.index(of: keyPackage.keyPackage.leafNode) else {
      throw .invalidWelcome(.ownLeafMissing)
    }
    let treeSecrets = try TreeSecrets.joining(
      verified, as: own, leafKey: keyPackage.leafKey, pathSecret: opened.secrets.pathSecret,
      committer: info.signer)
    let secrets = opened.member.epochSecrets(groupContext: context.wireBytes)
    // RFC 9420 §12.4.3.1
    guard
      suite.isValid(
        mac: info.confirmationTag, key: secrets.confirmation, context.confirmedTranscriptHash)
    else { throw .invalidWelcome(.confirmationTag) }
    self.init(
      suite: suite, settings: settings, context: context, tree: verified,
      treeSecrets: treeSecrets, signatureKey: keyPackage.signatureKey, secrets: secrets,
      confirmationTag: info.confirmationTag)
    guard case .resumption(let usage, let groupID, let epoch)? = opened.secrets.resumption?.source
    else {
      // Anybody can invite to a group of the same name: the key alone shows that a member founded it.
      // RFC 9420 §11.2, RFC 9420 §11.3
      guard predecessor == nil else { throw .invalidWelcome(.predecessor) }
      return
    }
    // RFC 9420 §12.4.3.1
    guard let predecessor else { throw .missingPreSharedKey }
    // RFC 9420 §11.2, RFC 9420 §11.3
    guard groupID == predecessor.id, usage == .branch || epoch == predecessor.epoch else {
      throw .invalidWelcome(.predecessor)
    }
    try requireSuccession(usage, of: predecessor, validation)
  }
}
