// SPDX-License-Identifier: Apache-2.0

extension ProposalList {
  /// Validates the list and applies it in the order of RFC 9420 section 12.3.
  ///
  /// The leaves that come in are checked by themselves here; how they stand to all others is checked
  /// once the path of the Commit is in the tree as well.
  func apply(
    to tree: RatchetTree, extensions: [Extension], groupID: GroupID, by committer: Committer,
    purpose: Purpose, direction: LeafNode.Direction, _ validation: Validation
  ) throws(MLSError) -> Outcome {
    try validate(by: committer, tree: tree, purpose: purpose)
    var outcome = Outcome(tree: tree, extensions: extensions)
    // RFC 9420 §12.3: extensions first, since the others are judged by the new ones.
    for case .groupContextExtensions(let new) in items.map(\.proposal) {
      outcome.extensions = new
      outcome.newExtensions = new
    }
    try applyUpdates(to: &outcome, groupID, direction, validation)
    for case .remove(let remove) in items.map(\.proposal) {
      guard let leaf = outcome.tree[remove.removed] else {
        throw .invalidProposal(.removesBlank)
      }
      outcome.removed.append((remove.removed, leaf))
    }
    try outcome.tree.remove(outcome.removed.map(\.index))
    try applyAdds(to: &outcome, committer, direction, validation)
    for item in items {
      switch item.proposal {
      case .preSharedKey(let id): outcome.preSharedKeys.append(id)
      case .externalInit(let kemOutput): outcome.externalInit = kemOutput
      case .reInit(let reInit): outcome.reInit = reInit
      case .add, .update, .remove, .groupContextExtensions, .other: break
      }
    }
    if let new = outcome.newExtensions {
      try new.validateAsGroupContext(replacing: extensions, validation)
    }
    return outcome
  }

  private func applyUpdates(
    to outcome: inout Outcome, _ groupID: GroupID, _ direction: LeafNode.Direction,
    _ validation: Validation
  ) throws(MLSError) {
    for item in items {
      guard case .update(let update) = item.proposal, case .member(let index) = item.sender else {
        continue
      }
      guard let old = outcome.tree[index] else { throw .unknownMember }
      // RFC 9420 §12.1.2
      try update.leafNode.validate(
        .update(old), at: LeafNode.Place(groupID: groupID, leafIndex: index),
        suite: outcome.tree.suite, direction: direction, introducedBy: .updateProposal,
        isVerified: item.isVerified, validation)
      try outcome.tree.update(index, to: update.leafNode)
      outcome.updated.append((index, old, update.leafNode))
    }
  }

  private func applyAdds(
    to outcome: inout Outcome, _ committer: Committer, _ direction: LeafNode.Direction,
    _ validation: Validation
  ) throws(MLSError) {
    let adds = items.compactMap { item in
      if case .add(let add) = item.proposal { (add.keyPackage, item) } else { nil }
    }
    guard !adds.isEmpty else { return }
    // Who gets a new leaf in this Commit is in the group under the old one as well.
    let members = outcome.tree.members.map(\.leaf) + outcome.updated.map(\.old)
    let existingKeys = Set(members.map(\.signatureKey))
    let existingClients = Set(
      members.compactMap { validation.credentials.client(of: $0.credential) })
    var signatureKeys = existingKeys
    var clients = existingClients
    for (keyPackage, item) in adds {
      // RFC 9420 §12.1.1
      try keyPackage.validate(
        suite: outcome.tree.suite, direction: direction,
        introducedBy: item.reference == nil && direction == .sending
          ? .keyPackageToAdd : .addProposal(from: item.sender), isVerified: item.isVerified,
        validation)
      let leaf = keyPackage.leafNode
      // RFC 9420 §12.2
      guard signatureKeys.insert(leaf.signatureKey).inserted else {
        throw .invalidProposal(
          existingKeys.contains(leaf.signatureKey) ? .addsExistingClient : .multipleAddsOfClient)
      }
      if let client = validation.credentials.client(of: leaf.credential) {
        // RFC 9420 §12.2
        guard clients.insert(client).inserted else {
          throw .invalidProposal(
            existingClients.contains(client) ? .addsExistingClient : .multipleAddsOfClient)
        }
      }
      let index = try outcome.tree.add(leaf)
      outcome.added.append((index, keyPackage))
    }
  }
}

extension [Extension] {
  /// The rules of RFC 9420 sections 5.3.1, 11.1 and 13.4 for a list of group-context extensions by
  /// itself: what no change of the membership makes good.
  func validateAsGroupContext(
    replacing old: [Extension], _ validation: Validation
  ) throws(MLSError) {
    // RFC 9420 §13.4
    guard hasUniqueTypes else { throw .invalidExtensions(.duplicateType) }
    _ = try RequiredCapabilities(in: self)
    guard let data = self[.externalSenders], data != old[.externalSenders] else { return }
    let senders: [ExternalSender]
    do {
      senders = try ExternalSender.list(data)
    } catch {
      throw .invalidExtensions(.malformed)
    }
    for sender in senders {
      // RFC 9420 §5.3.1
      guard
        validation.credentials.accepts(
          sender.credential, signatureKey: sender.signatureKey, introducedBy: .externalSender)
      else { throw .invalidExtensions(.externalSenderCredential) }
    }
  }
}

extension RatchetTree {
  /// Every member supports these group-context extensions and what they require, RFC 9420 sections
  /// 12.1.7 and 13.4.
  func validateSupport(of extensions: [Extension]) throws(MLSError) {
    let required = try RequiredCapabilities(in: extensions)
    let types = extensions.map(\.type)
    for member in members {
      // RFC 9420 §12.1.7
      guard required?.isSatisfied(by: member.leaf.capabilities) ?? true else {
        throw .invalidExtensions(.requiredCapabilities)
      }
      // RFC 9420 §13.4
      guard member.leaf.capabilities.supports(all: types) else {
        throw .invalidExtensions(.unsupported)
      }
    }
  }
}
