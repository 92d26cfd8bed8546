// SPDX-License-Identifier: Apache-2.0

// It sees the internals of MLS, which a release build without `-enable-testing` does not show.
#if FORGING
  @testable package import MLS
  package import Primitives
  import WireFormat

  /// A Commit by a member who checks nothing: every key, hash, signature and tag is right, so that the
  /// rule which it breaks is all that stands against it.
  package struct ForgedCommit {
    package var proposals: [ProposalOrRef]
    package var withPath = true
    /// What becomes of the committer's leaf before it is signed.
    package var leaf: (inout LeafNodeContents) throws(MLSError) -> Void = { _ in }
    /// Who signs the leaf; the group's key if nil. Its public half is put into the leaf.
    package var leafSigner: SignatureKey?
    package var path: (inout UpdatePath) throws -> Void = { _ in }
    package var confirmationTag: (inout [UInt8]) -> Void = { _ in }
    /// Who signs the message.
    package var messageSigner: SignatureKey?
    package var sender: Sender?
    package var epoch: Epoch?
    /// Keys for the key schedule; if nil there are none in it, whatever the proposals say.
    package var preSharedKeys: (any PreSharedKeyStore)?
    package var random: any RandomSource = SystemRandom()

    /// A Commit of proposals by value.
    package init(_ proposals: [Proposal] = []) {
      self.proposals = proposals.map { .proposal($0) }
    }

    /// The signed content, from a member as others see it; to be framed yet.
    package func content(from group: Group) throws -> AuthenticatedContent {
      let suite = group.suite
      let own = group.ownLeaf
      var (tree, extensions, added) = try applied(to: group)
      var context = group.context
      context.epoch = Epoch(group.epoch.rawValue + 1)
      context.extensions = extensions
      var updatePath: UpdatePath?
      var commitSecret = suite.zeroSecret
      var secrets = group.treeSecrets.pruned(to: tree)
      if withPath {
        let staged = try stagePath(in: &tree, of: group)
        context.treeHash = tree.treeHash()
        var path = try staged.encrypted(
          in: tree, groupContext: context.wireBytes, excluding: Set(added))
        try self.path(&path)
        updatePath = path
        commitSecret = staged.commitSecret
        secrets = staged.secrets
      } else {
        context.treeHash = tree.treeHash()
      }
      var message = try AuthenticatedContent(
        signing: FramedContent(
          groupID: group.id, epoch: epoch ?? group.epoch, sender: sender ?? .member(own),
          authenticatedData: [], body: .commit(Commit(proposals: proposals, path: updatePath))),
        wireFormat: .privateMessage, context: group.encodedContext,
        with: messageSigner ?? group.signatureKey)
      context.confirmedTranscriptHash = suite.confirmedTranscriptHash(
        after: message, interim: group.interimTranscriptHash)
      var tag = NextEpoch(
        context: context, tree: tree, treeSecrets: secrets, signatureKey: group.signatureKey,
        commitSecret: commitSecret, initSecret: group.keys.initSecret,
        pskSecret: try preSharedKeySecret(suite)
      ).begin(suite: suite, settings: group.settings).confirmationTag
      confirmationTag(&tag)
      message.auth.confirmationTag = tag
      return message
    }

    private func stagePath(in tree: inout RatchetTree, of group: Group) throws -> StagedPath {
      let old = group.ownLeafNode
      let signer = leafSigner ?? group.signatureKey
      let place = LeafNode.Place(groupID: group.id, leafIndex: group.ownLeaf)
      return try tree.stagePath(of: group.ownLeaf, random: random) {
        (key, parentHash) throws(MLSError) in
        var contents = old.contents
        contents.encryptionKey = key
        contents.signatureKey = signer.publicKey
        contents.source = .commit(parentHash: parentHash)
        try leaf(&contents)
        return try LeafNode(signing: contents, for: place, with: signer)
      }
    }

    private var values: [Proposal] {
      proposals.compactMap { item in
        if case .proposal(let proposal) = item { proposal } else { nil }
      }
    }

    private func preSharedKeySecret(_ suite: CipherSuite) throws -> SharedSecret {
      guard let preSharedKeys else { return suite.zeroSecret }
      let ids = values.compactMap { proposal -> PreSharedKeyID? in
        if case .preSharedKey(let id) = proposal { id } else { nil }
      }
      return try suite.preSharedKeySecret(ids, from: preSharedKeys)
    }

    /// The proposals applied as far as they can be, unchecked.
    private func applied(
      to group: Group
    ) throws -> (tree: RatchetTree, extensions: [Extension], added: [LeafIndex]) {
      var tree = group.tree
      var extensions = group.extensions
      var added: [LeafIndex] = []
      for proposal in values {
        switch proposal {
        case .groupContextExtensions(let new): extensions = new
        case .remove(let remove) where remove.removed != group.ownLeaf:
          try? tree.remove(remove.removed)
        default: break
        }
      }
      for case .add(let add) in values { added.append(try tree.add(add.keyPackage.leafNode)) }
      return (tree, extensions, added)
    }
  }
#endif
