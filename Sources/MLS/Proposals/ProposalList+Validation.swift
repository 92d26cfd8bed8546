// SPDX-License-Identifier: Apache-2.0

extension ProposalList {
  /// The rules of RFC 9420 section 12.2 that can be told from the list and the old tree.
  func validate(
    by committer: Committer, tree: RatchetTree, purpose: Purpose
  ) throws(MLSError) {
    switch committer {
    case .member(let leaf): try validateMemberCommit(by: leaf, tree: tree)
    case .external: try validateExternalCommit(tree: tree)
    }
    try validatePreSharedKeys(suite: tree.suite, purpose: purpose)
  }

  /// What the Commit is part of: only founding a group from another one takes certain PSKs.
  enum Purpose: Sendable {
    case ordinary, reInit, branch
  }

  private func validateMemberCommit(
    by committer: LeafIndex, tree: RatchetTree
  ) throws(MLSError) {
    var touched: Set<LeafIndex> = []
    var extensionsSet = false
    for item in items {
      try validateSender(of: item)
      switch item.proposal {
      case .update:
        guard case .member(let sender) = item.sender else {
          throw .invalidProposal(.updateSender)
        }
        // RFC 9420 §12.2
        guard sender != committer else { throw .invalidProposal(.updateByCommitter) }
        // RFC 9420 §12.2
        guard touched.insert(sender).inserted else { throw .invalidProposal(.multipleForLeaf) }
      case .remove(let remove):
        // RFC 9420 §12.2
        guard remove.removed != committer else { throw .invalidProposal(.removesCommitter) }
        // RFC 9420 §12.1.3
        guard tree[remove.removed] != nil else { throw .invalidProposal(.removesBlank) }
        // RFC 9420 §12.2
        guard touched.insert(remove.removed).inserted else {
          throw .invalidProposal(.multipleForLeaf)
        }
      case .groupContextExtensions:
        // RFC 9420 §12.2
        guard !extensionsSet else { throw .invalidProposal(.multipleGroupContextExtensions) }
        extensionsSet = true
      case .reInit(let reInit):
        // RFC 9420 §12.2
        guard items.count == 1 else { throw .invalidProposal(.reInitNotAlone) }
        try reInit.validate()
      case .externalInit:
        // RFC 9420 §12.2
        throw .invalidProposal(.externalInitInMemberCommit)
      case .add, .preSharedKey, .other:
        break
      }
    }
    try validateTypesAreSupported(tree)
  }

  /// External senders may propose some types only, and new members an Add.
  private func validateSender(of item: CommittedProposal) throws(MLSError) {
    switch item.sender {
    case .member:
      break
    case .external:
      // RFC 9420 §12.1.8
      guard item.proposal.type.isAllowedForExternalSenders else {
        throw .invalidProposal(.externalSenderType)
      }
    case .newMemberProposal, .newMemberCommit:
      // RFC 9420 §6.1
      guard item.proposal.type == .add else { throw .invalidProposal(.externalSenderType) }
    }
  }

  /// Every member that will process the Commit lists the types that RFC 9420 does not define.
  private func validateTypesAreSupported(_ tree: RatchetTree) throws(MLSError) {
    let types = Set(items.map(\.proposal.type).filter { !$0.isDefault })
    guard !types.isEmpty else { return }
    var removed: Set<LeafIndex> = []
    for case .remove(let remove) in items.map(\.proposal) { removed.insert(remove.removed) }
    for member in tree.members where !removed.contains(member.index) {
      // RFC 9420 §12.2, RFC 9420 §13.2
      guard member.leaf.capabilities.supports(all: types) else {
        throw .invalidProposal(.unsupportedType)
      }
    }
  }

  private func validateExternalCommit(tree: RatchetTree) throws(MLSError) {
    var inits = 0
    var removes = 0
    for item in items {
      // RFC 9420 §12.4.3.2
      guard item.reference == nil else { throw .invalidCommit(.referenceInExternalCommit) }
      switch item.proposal {
      case .externalInit: inits += 1
      case .remove(let remove):
        removes += 1
        // RFC 9420 §12.1.3
        guard tree[remove.removed] != nil else { throw .invalidProposal(.removesBlank) }
      case .preSharedKey: break
      // RFC 9420 §12.2
      default: throw .invalidProposal(.externalCommitContents)
      }
    }
    // RFC 9420 §12.2
    guard inits == 1, removes <= 1 else { throw .invalidProposal(.externalCommitContents) }
  }

  func validatePreSharedKeys(
    suite: CipherSuite, purpose: Purpose
  ) throws(MLSError) {
    var seen: Set<PreSharedKeyID> = []
    for case .preSharedKey(let id) in items.map(\.proposal) {
      // RFC 9420 §12.2
      guard seen.insert(id).inserted else { throw .invalidProposal(.duplicatePreSharedKey) }
      // RFC 9420 §12.1.4
      guard id.nonce.count == suite.hashLength else { throw .invalidProposal(.pskNonceLength) }
      // RFC 9420 §12.1.4
      switch (id.source, purpose) {
      case (.external, _), (.resumption(.application, _, _), _),
        (.resumption(.reInit, _, _), .reInit), (.resumption(.branch, _, _), .branch):
        break
      default: throw .invalidProposal(.pskUsage)
      }
    }
  }
}
