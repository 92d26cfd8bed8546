// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

extension Group {
  /// Verifies a proposal or Commit of somebody else, RFC 9420 sections 12.1 and 12.4.2.
  ///
  /// A Commit gives the next state; keeping it is accepting the Commit. The key that opened the
  /// message is used up in this value.
  public mutating func process(
    _ message: MLSMessage, preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(),
    validation: Validation
  ) throws(MLSError) -> HandshakeOutcome {
    try requireActive()
    let (content, staged) = try authenticate(message)
    let outcome: HandshakeOutcome
    switch content.content.body {
    case .application:
      throw .invalidMessage(.kind)
    case .proposal(let proposal):
      outcome = try accept(proposal, of: content, validation)
    case .commit(let commit):
      outcome = .commit(try stage(commit, of: content, preSharedKeys, validation))
    }
    if let staged { secretTree.consume(staged) }
    return outcome
  }

  /// The content of a handshake message of this epoch, once its sender's signature is verified.
  private func authenticate(
    _ message: MLSMessage
  ) throws(MLSError) -> (AuthenticatedContent, SecretTree.Staged?) {
    let content: AuthenticatedContent
    var staged: SecretTree.Staged?
    switch message {
    case .privateMessage(let sealed):
      guard sealed.contentType != .application else { throw .invalidMessage(.kind) }
      try requireThisEpoch(sealed.groupID, sealed.epoch)
      (content, staged) = try open(sealed)
    case .publicMessage(let framed):
      // Outsiders have no keys to encrypt with: whether they are heard is decided by sender type.
      if case .member = framed.content.sender {
        guard settings.publicMessages == .accept else { throw .refusedBySettings(.publicMessage) }
      }
      try requireThisEpoch(framed.content.groupID, framed.content.epoch)
      content = try framed.content(
        membershipKey: keys.membership, context: encodedContext, suite: suite)
    case .welcome, .groupInfo, .keyPackage:
      throw .invalidMessage(.kind)
    }
    let key = try verificationKey(of: content.content)
    // RFC 9420 §6.1
    guard content.verifySignature(by: key, suite: suite, context: encodedContext) else {
      throw .invalidMessage(.signature)
    }
    return (content, staged)
  }

  private func requireThisEpoch(_ groupID: GroupID, _ epoch: Epoch) throws(MLSError) {
    guard groupID == id else { throw .wrongGroup }
    // RFC 9420 §12.1, RFC 9420 §12.4.2
    guard epoch == self.epoch else { throw .wrongEpoch }
  }

  /// The key that the sender's type says, RFC 9420 section 6.1.
  private func verificationKey(
    of content: FramedContent
  ) throws(MLSError) -> SignaturePublicKey {
    switch (content.sender, content.body) {
    case (.member(let leaf), _):
      // RFC 9420 §6.1
      guard let node = tree[leaf] else { throw .invalidMessage(.blankSender) }
      return node.signatureKey
    case (.external(let index), .proposal(let proposal)):
      guard settings.externalProposals == .accept else {
        throw .refusedBySettings(.externalProposal)
      }
      // RFC 9420 §12.1.8
      guard settings.allowsExternalSenders(proposal.type) else {
        throw .invalidProposal(.externalSenderType)
      }
      // RFC 9420 §12.1.8
      guard
        let data = extensions[.externalSenders], let senders = try? ExternalSender.list(data),
        let place = Int(exactly: index), senders.indices.contains(place)
      else { throw .invalidMessage(.externalSenderIndex) }
      return senders[place].signatureKey
    case (.newMemberProposal, .proposal(.add(let add))):
      guard settings.newMemberProposals == .accept else {
        throw .refusedBySettings(.newMemberProposal)
      }
      return add.keyPackage.leafNode.signatureKey
    case (.newMemberCommit, .commit(let commit)):
      guard settings.externalCommits == .accept else {
        throw .refusedBySettings(.externalCommit)
      }
      // RFC 9420 §12.4.3.2
      guard let path = commit.path else { throw .invalidCommit(.pathMissing) }
      return path.leafNode.signatureKey
    // RFC 9420 §6.1
    default: throw .invalidMessage(.senderType)
    }
  }

  /// Keeps a proposal, so that a Commit can refer to it.
  private mutating func accept(
    _ proposal: Proposal, of content: AuthenticatedContent, _ validation: Validation
  ) throws(MLSError) -> HandshakeOutcome {
    guard settings.proposalsByReference == .accept else {
      throw .refusedBySettings(.proposalByReference)
    }
    try ProposalList.validate(
      proposal, from: content.content.sender, in: self, direction: .receiving, validation)
    let reference = content.proposalReference(suite: suite)
    try proposals.insert(proposal, from: content.content.sender, as: reference)
    return .proposal(proposal, sender: content.content.sender, reference: reference)
  }

  private func stage(
    _ commit: Commit, of message: AuthenticatedContent, _ store: some PreSharedKeyStore,
    _ validation: Validation
  ) throws(MLSError) -> StagedCommit {
    guard let nextEpoch = epoch.next else { throw .invalidCommit(.epochExhausted) }
    let member = message.content.memberSender
    // A committer has the next state already, and cannot open its own path.
    guard member != ownLeaf else { throw .invalidCommit(.ownCommit) }
    let list = try resolve(commit, from: message.content.sender)
    var outcome = try list.apply(
      to: tree, extensions: extensions, groupID: id,
      by: committerKind(member), purpose: .ordinary, direction: .receiving,
      validation)
    try settings.requireAcceptance(of: outcome.reInit)
    // RFC 9420 §12.4
    guard commit.path != nil || !list.requiresPath(under: settings) else {
      throw .invalidCommit(.pathMissing)
    }

    var context = context
    context.epoch = nextEpoch
    context.extensions = outcome.extensions
    let committer: LeafIndex
    if let member { committer = member } else { committer = try outcome.tree.makeRoom() }
    if let path = commit.path {
      try validateLeaf(of: path, from: committer, outcome, isMember: member != nil, validation)
      try outcome.tree.merge(path, from: committer)
    }
    context.treeHash = outcome.tree.treeHash()
    try outcome.validateLeaves(besides: commit.path == nil ? nil : committer)
    let changes = CommitChanges(
      committer: committer, content: message.content, outcome: outcome, list: list,
      leaf: commit.path?.leafNode, old: member.flatMap { tree[$0] })
    // Whoever is removed cannot follow: the new keys are not encrypted to it. It needs no pre-shared key
    // to know that it is out, RFC 9420 §12.4.2.
    if outcome.removed.contains(where: { $0.index == ownLeaf }) {
      return StagedCommit(changes: changes, next: nil)
    }
    // With the leaf that this member has from then on: its own Update may bring what the rest makes use of.
    try (outcome.tree[ownLeaf] ?? ownLeafNode).capabilities.requireOwnSupport(
      of: outcome.extensions,
      credentials: outcome.credentialTypes
        + [commit.path?.leafNode.credential.type].compactMap(\.self))
    try ownLeafNode.capabilities.requireOwnSupport(ofProposals: list.items.map(\.proposal.type))
    let pskSecret = try preSharedKeySecret(outcome.preSharedKeys, store)
    let own = try ownKeys(after: outcome)
    var opened = (
      secrets: own.secrets.pruned(to: outcome.tree), commitSecret: suite.zeroSecret
    )
    if let path = commit.path {
      opened = try own.secrets.opening(
        path, from: committer, in: outcome.tree, groupContext: context.wireBytes,
        excluding: outcome.newMembers)
    }
    context.confirmedTranscriptHash = suite.confirmedTranscriptHash(
      after: message, interim: interimTranscriptHash)
    var result = NextEpoch(
      context: context, tree: outcome.tree, treeSecrets: opened.secrets,
      signatureKey: own.signatureKey, commitSecret: opened.commitSecret,
      initSecret: try initSecret(outcome.externalInit),
      pskSecret: pskSecret
    ).begin(suite: suite, settings: settings)
    // RFC 9420 §12.4.2
    guard
      let tag = message.auth.confirmationTag, constantTimeEquals(tag, result.confirmationTag)
    else { throw .invalidCommit(.confirmationTag) }
    result.group.inherit(from: self)
    result.group.reInit = outcome.reInit
    return StagedCommit(changes: changes, next: result.group)
  }

  private func committerKind(_ member: LeafIndex?) -> ProposalList.Committer {
    if let member { .member(member) } else { .external }
  }

  /// The proposals of a Commit, those by reference looked up.
  private func resolve(_ commit: Commit, from sender: Sender) throws(MLSError) -> ProposalList {
    var items: [CommittedProposal] = []
    items.reserveCapacity(commit.proposals.count)
    for item in commit.proposals {
      switch item {
      case .proposal(let proposal):
        items.append(CommittedProposal(proposal: proposal, sender: sender, reference: nil))
      case .reference(let reference):
        // RFC 9420 §12.4.3.2
        guard sender != .newMemberCommit else {
          throw .invalidCommit(.referenceInExternalCommit)
        }
        guard settings.proposalsByReference == .accept else {
          throw .refusedBySettings(.proposalByReference)
        }
        // RFC 9420 §12.4
        guard let known = proposals[reference] else { throw .invalidProposal(.unknownReference) }
        items.append(known)
      }
    }
    return ProposalList(items: items)
  }

  private func validateLeaf(
    of path: UpdatePath, from committer: LeafIndex, _ outcome: ProposalList.Outcome,
    isMember: Bool, _ validation: Validation
  ) throws(MLSError) {
    // An external Commit that removes somebody stands for that client's return.
    let replaced = isMember ? outcome.tree[committer] : outcome.removed.first?.leaf
    // RFC 9420 §12.4.2
    try path.leafNode.validate(
      .commit(replaced), at: LeafNode.Place(groupID: id, leafIndex: committer), suite: suite,
      direction: .receiving, introducedBy: .commit, validation)
  }

  /// This member's private keys once an Update of its own has been committed.
  private func ownKeys(
    after outcome: ProposalList.Outcome
  ) throws(MLSError) -> (secrets: TreeSecrets, signatureKey: SignatureKey) {
    guard let update = outcome.updated.first(where: { $0.index == ownLeaf }) else {
      return (treeSecrets, signatureKey)
    }
    guard
      let own = proposals.ownUpdates.first(where: {
        $0.encryptionKey == update.new.encryptionKey
      })
    else { throw .invalidProposal(.unknownReference) }
    return (
      treeSecrets.replacingLeafKey(own.leafKey),
      try SignatureKey(suite: suite, privateKey: own.signatureKey)
    )
  }

  /// The init secret of the next epoch, RFC 9420 section 8.3.
  private func initSecret(_ externalInit: [UInt8]?) throws(MLSError) -> SharedSecret {
    guard let kemOutput = externalInit else { return keys.initSecret }
    let external = try suite.deriveKeyPair(from: keys.external)
    do {
      return try suite.hpke.decapsulateExport(
        kemOutput, privateKey: external.privateKey, info: [],
        exporterContext: CipherSuite.externalInitLabel, count: suite.hashLength)
    } catch {
      throw .decryptionFailed
    }
  }
}

extension CipherSuite {
  /// RFC 9420 section 8.3.
  static let externalInitLabel = Array("MLS 1.0 external init secret".utf8)
}

extension RatchetTree {
  /// The place of the next new member, the tree having grown where it must.
  mutating func makeRoom() throws(MLSError) -> LeafIndex { try leftmostBlankLeaf() }
}
