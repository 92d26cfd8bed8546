// SPDX-License-Identifier: Apache-2.0

extension ProposalList {
  /// The rules of RFC 9420 section 12.1 for a proposal by itself, when it arrives or is about to be
  /// sent.
  ///
  /// Only what no other proposal of the same Commit can make good: whether all members support what it
  /// asks for, for one, depends on who is removed beside it. What is refused here is not kept, and a
  /// Commit that refers to it cannot be followed.
  static func validate(
    _ proposal: Proposal, from sender: Sender, in group: Group, direction: LeafNode.Direction,
    _ validation: Validation
  ) throws(MLSError) {
    switch proposal {
    case .add(let add):
      // RFC 9420 §12.1.1
      try add.keyPackage.validate(
        suite: group.suite, direction: direction,
        introducedBy: direction == .sending ? .keyPackageToAdd : .addProposal(from: sender),
        validation)
    case .update(let update):
      guard case .member(let index) = sender, let old = group.tree[index] else {
        throw .invalidProposal(.updateSender)
      }
      // RFC 9420 §12.1.2
      try update.leafNode.validate(
        .update(old), at: LeafNode.Place(groupID: group.id, leafIndex: index), suite: group.suite,
        direction: direction, introducedBy: .updateProposal, validation)
    case .remove(let remove):
      // RFC 9420 §12.1.3
      guard group.tree[remove.removed] != nil else { throw .invalidProposal(.removesBlank) }
    case .groupContextExtensions(let extensions):
      try extensions.validateAsGroupContext(replacing: group.extensions, validation)
    case .reInit(let reInit):
      try group.settings.requireAcceptance(of: reInit)
      try reInit.validate()
    case .externalInit:
      // RFC 9420 §12.1.6
      throw .invalidProposal(.externalInitInMemberCommit)
    case .preSharedKey:
      let item = CommittedProposal(proposal: proposal, sender: sender, reference: nil)
      try ProposalList(items: [item]).validatePreSharedKeys(
        suite: group.suite, purpose: .ordinary)
    case .other:
      break
    }
  }
}

extension ReInit {
  /// The rules of RFC 9420 sections 12.1.5 and 13.4 for a ReInit by itself.
  func validate() throws(MLSError) {
    // RFC 9420 §12.1.5
    guard version.rawValue >= ProtocolVersion.mls10.rawValue else {
      throw .invalidProposal(.reInitVersion)
    }
    // RFC 9420 §13.4
    guard extensions.hasUniqueTypes else { throw .invalidExtensions(.duplicateType) }
  }
}

extension ReInit {
  /// Nobody closes a group for one that nobody could be in.
  func requireNoReserved() throws(MLSError) {
    // RFC 9420 §13.5
    guard !extensions.contains(where: \.type.isGREASE) else {
      throw .invalidExtensions(.unsupported)
    }
  }
}

extension Proposal {
  /// What a sender does not send, though a receiver treats it like any value that it does not know.
  func requireNoReserved() throws(MLSError) {
    // RFC 9420 §13.5
    guard !type.isGREASE else { throw .invalidProposal(.unsupportedType) }
    switch self {
    case .groupContextExtensions(let extensions):
      // RFC 9420 §13.5
      guard !extensions.contains(where: \.type.isGREASE) else {
        throw .invalidExtensions(.unsupported)
      }
    case .reInit(let reInit): try reInit.requireNoReserved()
    case .add, .update, .remove, .preSharedKey, .externalInit, .other: break
    }
  }
}

extension GroupSettings {
  /// Whether a group may be closed, by whomever.
  func requireAcceptance(of reInit: ReInit?) throws(MLSError) {
    guard reInit == nil || self.reInit == .accept else { throw .refusedBySettings(.reInit) }
  }
}
