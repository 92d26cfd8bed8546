// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What a Commit of one's own covers, RFC 9420 sections 12.2 and 12.4.1.
extension Group {
  /// How often a choice among proposals that do not go together is tried: a member can send thousands,
  /// and each attempt is as much work as a Commit.
  static let maximumAttempts = 64

  /// The proposals that wait and those by value, applied; by default as many of the former as go
  /// together.
  func prepareCommit(
    of proposals: [Proposal], purpose: ProposalList.Purpose, options: CommitOptions,
    preSharedKeys: some PreSharedKeyStore, validation: Validation, random: some RandomSource
  ) throws(MLSError) -> PreparedCommit {
    let byValue = proposals.map {
      CommittedProposal(proposal: $0, sender: .member(ownLeaf), reference: nil)
    }
    let attempt = { (waiting: [CommittedProposal]) throws(MLSError) in
      try self.prepare(
        ProposalList(items: waiting + byValue), purpose, options, preSharedKeys, validation,
        random)
    }
    switch options.pendingProposals {
    case .include:
      return try Self.prepareAsMany(
        of: self.proposals.committable(by: ownLeaf, beside: byValue), attempt)
    case .leaveOut:
      return try attempt([])
    case .only(let references):
      var chosen: [CommittedProposal] = []
      for reference in references {
        guard let known = self.proposals[reference] else {
          throw .invalidProposal(.unknownReference)
        }
        chosen.append(known)
      }
      return try attempt(chosen)
    }
  }

  /// All of the proposals if they are valid together; otherwise each, Removes first and then in the order of
  /// their arrival, that is valid beside those taken before it, so that no member can keep others from committing.
  ///
  /// Runs are tried at once and halved where they fail, so that a few invalid ones among many cost few
  /// attempts.
  private static func prepareAsMany(
    of waiting: [CommittedProposal],
    _ attempt: ([CommittedProposal]) throws(MLSError) -> PreparedCommit
  ) throws(MLSError) -> PreparedCommit {
    do {
      return try attempt(waiting)
    } catch  where !waiting.isEmpty {
      // One of them is to blame, unless the Commit fails without any.
    }
    var best = try attempt([])
    var taken: [CommittedProposal] = []
    // Removes first: whoever is to be removed could send any number of others before.
    let (removes, others) = (waiting.filter(\.isRemove), waiting.filter { !$0.isRemove })
    var runs = [others[...], removes[...]]
    for _ in 0..<maximumAttempts {
      guard let run = runs.popLast() else { break }
      if let prepared = try? attempt(taken + run) {
        best = prepared
        taken += run
      } else if run.count > 1 {
        let middle = run.startIndex + run.count / 2
        runs.append(run[middle...])
        runs.append(run[..<middle])
      }
    }
    return best
  }

  private func prepare(
    _ list: ProposalList, _ purpose: ProposalList.Purpose, _ options: CommitOptions,
    _ store: some PreSharedKeyStore, _ validation: Validation, _ random: some RandomSource
  ) throws(MLSError) -> PreparedCommit {
    var outcome = try list.apply(
      to: tree, extensions: extensions, groupID: id, by: .member(ownLeaf), purpose: purpose,
      direction: .sending, validation)
    try settings.requireAcceptance(of: outcome.reInit)
    let pskSecret = try preSharedKeySecret(outcome.preSharedKeys, store)
    // RFC 9420 §12.4.1
    let withPath = options.path == .always || list.requiresPath(under: settings)
    let signer = withPath ? options.leaf?.signatureKey ?? signatureKey : signatureKey
    let path =
      withPath
      ? try stagePath(in: &outcome.tree, options.leaf, signer, random, validation) : nil
    try outcome.validateLeaves(besides: withPath ? ownLeaf : nil)
    let own = path?.leafNode ?? ownLeafNode
    try own.capabilities.requireOwnSupport(
      of: outcome.extensions, credentials: outcome.credentialTypes + [own.credential.type])
    try own.capabilities.requireOwnSupport(ofProposals: list.items.map(\.proposal.type))
    try outcome.reInit?.requireNoReserved()
    return PreparedCommit(
      list: list, outcome: outcome, treeHash: outcome.tree.treeHash(), path: path, signer: signer,
      pskSecret: pskSecret)
  }

  private func stagePath(
    in tree: inout RatchetTree, _ parameters: LeafParameters?, _ signer: SignatureKey,
    _ random: some RandomSource, _ validation: Validation
  ) throws(MLSError) -> StagedPath {
    let old = ownLeafNode
    let own = ownLeaf
    let groupID = id
    // RFC 9420 §5.1.2
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
}
