// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

extension Group {
  /// Makes a Commit, RFC 9420 section 12.4.1.
  ///
  /// It uses up a key of this epoch's handshake ratchet, so this value advances too: keep it for as
  /// long as the Commit may lose against another one, and ``PendingCommit/next`` beside it.
  ///
  /// - Parameter proposals: What the Commit changes by value, in their order.
  public mutating func commit(
    _ proposals: [Proposal] = [], options: CommitOptions = CommitOptions(),
    preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(), validation: Validation,
    random: some RandomSource
  ) throws(MLSError) -> PendingCommit {
    try commit(
      proposals, purpose: .ordinary, options: options, preSharedKeys: preSharedKeys,
      validation: validation, random: random)
  }

  mutating func commit(
    _ proposals: [Proposal], purpose: ProposalList.Purpose, options: CommitOptions,
    preSharedKeys: some PreSharedKeyStore, validation: Validation, random: some RandomSource
  ) throws(MLSError) -> PendingCommit {
    try requireActive()
    try Self.requireShort(options.authenticatedData.count, options.padding)
    guard let nextEpoch = epoch.next else { throw .invalidCommit(.epochExhausted) }
    let list = try listToCommit(proposals, options)
    var outcome = try list.apply(
      to: tree, extensions: extensions, groupID: id, by: .member(ownLeaf), purpose: purpose,
      direction: .sending, validation)
    let pskSecret = try preSharedKeySecret(outcome.preSharedKeys, preSharedKeys)
    let withPath = options.path == .always || list.requiresPath
    let signer = withPath ? options.leaf?.signatureKey ?? signatureKey : signatureKey
    var context = context
    context.epoch = nextEpoch
    context.extensions = outcome.extensions

    var path: UpdatePath?
    var staged: StagedPath?
    if withPath {
      let made = try stagePath(in: &outcome.tree, options.leaf, signer, random, validation)
      context.treeHash = outcome.tree.treeHash()
      path = try made.encrypted(
        in: outcome.tree, groupContext: context.wireBytes, excluding: outcome.newMembers)
      staged = made
    } else {
      context.treeHash = outcome.tree.treeHash()
    }
    var changed = outcome.added.map(\.index) + outcome.updated.map(\.index)
    if withPath { changed.append(ownLeaf) }
    try outcome.tree.validateCompatibility(of: changed, extensions: outcome.extensions)

    let references = list.items.map { item in
      item.reference.map { ProposalOrRef.reference($0) } ?? .proposal(item.proposal)
    }
    var message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: id, epoch: epoch, sender: .member(ownLeaf),
        authenticatedData: options.authenticatedData,
        body: .commit(Commit(proposals: references, path: path))),
      wireFormat: settings.handshakeFormat == .privateMessage ? .privateMessage : .publicMessage,
      context: encodedContext, with: signatureKey)
    context.confirmedTranscriptHash = suite.confirmedTranscriptHash(
      after: message, interim: interimTranscriptHash)
    var result = NextEpoch(
      context: context, tree: outcome.tree,
      treeSecrets: staged?.secrets ?? treeSecrets.pruned(to: outcome.tree), signatureKey: signer,
      commitSecret: staged?.commitSecret ?? suite.zeroSecret, initSecret: keys.initSecret,
      pskSecret: pskSecret
    ).begin(suite: suite, settings: settings)
    message.auth.confirmationTag = result.confirmationTag
    result.group.reInit = outcome.reInit

    let welcome =
      try outcome.added.isEmpty
      ? nil
      : result.welcome(
        to: outcome.added, path: staged, preSharedKeys: outcome.preSharedKeys, options: options,
        random: random)
    let changes = CommitChanges(
      committer: ownLeaf, content: message.content, outcome: outcome, list: list,
      leaf: path?.leafNode, old: tree[ownLeaf])
    let sealed = try protect(message, padding: options.padding, random: random)
    // Only now: what is kept of this epoch must not lead back to the key of its last message.
    result.group.inherit(from: self)
    return PendingCommit(
      message: sealed, welcome: welcome, changes: changes, next: result.group)
  }

  /// Proposals that wait, and those by value.
  private func listToCommit(
    _ proposals: [Proposal], _ options: CommitOptions
  ) throws(MLSError) -> ProposalList {
    let byValue = proposals.map {
      CommittedProposal(proposal: $0, sender: .member(ownLeaf), reference: nil)
    }
    switch options.pendingProposals {
    case .include:
      return ProposalList(items: self.proposals.committable(by: ownLeaf, beside: byValue))
    case .leaveOut:
      return ProposalList(items: byValue)
    case .only(let references):
      var chosen: [CommittedProposal] = []
      for reference in references {
        guard let known = self.proposals[reference] else {
          throw .invalidProposal(.unknownReference)
        }
        chosen.append(known)
      }
      return ProposalList(items: chosen + byValue)
    }
  }

  private func stagePath(
    in tree: inout RatchetTree, _ parameters: LeafParameters?, _ signer: SignatureKey,
    _ random: some RandomSource, _ validation: Validation
  ) throws(MLSError) -> StagedPath {
    let old = ownLeafNode
    let own = ownLeaf
    let groupID = id
    guard signer.suite == suite else { throw .unsupportedCipherSuite }
    let staged = try tree.stagePath(of: own, random: random) {
      (key: HPKEPublicKey, parentHash: [UInt8]) throws(MLSError) -> LeafNode in
      guard let parameters else {
        return try old.committed(
          encryptionKey: key, parentHash: parentHash, groupID: groupID, leafIndex: own,
          signer: signer)
      }
      return try LeafNode(
        signing: LeafNodeContents(
          encryptionKey: key, parameters: parameters, source: .commit(parentHash: parentHash),
          random: random),
        for: LeafNode.Place(groupID: groupID, leafIndex: own), with: signer)
    }
    if parameters != nil {
      // What one sends has to stand up to what the others check.
      try staged.leafNode.validate(
        .commit(old), at: LeafNode.Place(groupID: groupID, leafIndex: own), suite: suite,
        direction: .sending, introducedBy: .commit, validation)
    }
    return staged
  }

  /// Puts signed handshake content into the form that the settings ask for.
  mutating func protect(
    _ message: AuthenticatedContent, padding: Int, random: some RandomSource
  ) throws(MLSError) -> MLSMessage {
    switch settings.handshakeFormat {
    case .privateMessage:
      .privateMessage(try encrypt(message, padding: padding, random: random))
    case .publicMessage:
      .publicMessage(
        try PublicMessage(
          protecting: message, membershipKey: keys.membership, context: encodedContext,
          suite: suite))
    }
  }

  /// The key-schedule input of a Commit's pre-shared keys.
  func preSharedKeySecret(
    _ ids: [PreSharedKeyID], _ store: some PreSharedKeyStore
  ) throws(MLSError) -> SharedSecret {
    var found: [(id: PreSharedKeyID, secret: SharedSecret)] = []
    for id in ids {
      let secret: SharedSecret?
      switch id.source {
      case .external(let name): secret = store.externalKey(id: name)
      case .resumption(.application, self.id, let epoch):
        secret = resumptionSecret(of: epoch) ?? store.resumptionKey(groupID: self.id, epoch: epoch)
      // A group may be founded again under the id of the one before: that one's key is not its own.
      case .resumption(_, let groupID, let epoch):
        secret = store.resumptionKey(groupID: groupID, epoch: epoch)
      }
      // RFC 9420 §12.4.2
      guard let secret else { throw .missingPreSharedKey }
      found.append((id, secret))
    }
    return try suite.preSharedKeySecret(found)
  }
}
