// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

extension Group {
  /// Makes a Commit, RFC 9420 section 12.4.1.
  ///
  /// It uses up a key of this epoch's handshake ratchet, so this value advances too: keep it for as
  /// long as the Commit may lose against another one, and ``PendingCommit/next`` beside it. Once it has
  /// been taken, ``PendingCommit/next(after:)`` is the group.
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
    let prepared = try prepareCommit(
      of: proposals, purpose: purpose, options: options, preSharedKeys: preSharedKeys,
      validation: validation, random: random)
    let list = prepared.list
    let outcome = prepared.outcome
    var context = context
    context.epoch = nextEpoch
    context.extensions = outcome.extensions
    context.treeHash = prepared.treeHash
    let path = try prepared.path?.encrypted(
      in: outcome.tree, groupContext: context.wireBytes, excluding: outcome.newMembers)

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
      treeSecrets: prepared.path?.secrets ?? treeSecrets.pruned(to: outcome.tree),
      signatureKey: prepared.signer,
      commitSecret: prepared.path?.commitSecret ?? suite.zeroSecret, initSecret: keys.initSecret,
      pskSecret: prepared.pskSecret
    ).begin(suite: suite, settings: settings)
    message.auth.confirmationTag = result.confirmationTag
    result.group.reInit = outcome.reInit

    // RFC 9420 §12.4.1: one for everybody who is added, with the keys in the order of their proposals.
    let welcome =
      try outcome.added.isEmpty
      ? nil
      : result.welcome(
        to: outcome.added, path: prepared.path, preSharedKeys: outcome.preSharedKeys,
        options: options,
        random: random)
    let changes = CommitChanges(
      committer: ownLeaf, content: message.content, outcome: outcome, list: list,
      leaf: path?.leafNode, old: tree[ownLeaf])
    // RFC 9420 §14: this epoch goes on as it was, but for the key that the message takes.
    let sealed = try protect(message, padding: options.padding, random: random)
    result.group.inherit(from: self)
    return PendingCommit(
      message: sealed, welcome: welcome, changes: changes, next: result.group)
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
