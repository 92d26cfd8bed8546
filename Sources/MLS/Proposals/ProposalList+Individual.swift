// SPDX-License-Identifier: Apache-2.0

extension ProposalList {
  /// The rules of RFC 9420 section 12.1 for a proposal by itself, when it arrives.
  ///
  /// An invalid one is not kept: a member that committed all it had received could otherwise be kept
  /// from committing at all.
  static func validate(
    _ proposal: Proposal, from sender: Sender, in group: Group, _ validation: Validation
  ) throws(MLSError) {
    let item = CommittedProposal(proposal: proposal, sender: sender, reference: ProposalRef([]))
    switch proposal {
    case .add(let add):
      // RFC 9420 §12.1.1
      try add.keyPackage.validate(
        suite: group.suite, direction: .receiving, introducedBy: .addProposal, validation)
    case .update(let update):
      guard case .member(let index) = sender, let old = group.tree[index] else {
        throw .invalidProposal(.updateSender)
      }
      // RFC 9420 §12.1.2
      try update.leafNode.validate(
        .update(old), at: LeafNode.Place(groupID: group.id, leafIndex: index), suite: group.suite,
        direction: .receiving, introducedBy: .updateProposal, validation)
    case .remove(let remove):
      // RFC 9420 §12.1.3
      guard group.tree[remove.removed] != nil else { throw .invalidProposal(.removesBlank) }
    case .groupContextExtensions(let extensions):
      try group.tree.validate(
        groupContextExtensions: extensions, replacing: group.extensions, validation)
    case .reInit(let reInit):
      // RFC 9420 §12.1.5
      guard reInit.version.rawValue >= ProtocolVersion.mls10.rawValue else {
        throw .invalidProposal(.reInitVersion)
      }
    case .externalInit:
      // RFC 9420 §12.1.6
      throw .invalidProposal(.externalInitInMemberCommit)
    case .preSharedKey:
      try ProposalList(items: [item]).validatePreSharedKeys(
        suite: group.suite, purpose: .ordinary)
    case .other(let type, _):
      // RFC 9420 §12.2
      guard group.tree.members.allSatisfy({ $0.leaf.capabilities.supports(type) }) else {
        throw .invalidProposal(.unsupportedType)
      }
    }
  }
}
