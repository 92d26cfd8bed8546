// SPDX-License-Identifier: Apache-2.0

/// The proposals of a Commit, resolved and in their order; RFC 9420 section 12.2.
///
/// A list that has been applied has been validated: see ``apply(to:by:extensions:suite:_:_:)``.
struct ProposalList: Sendable {
  var items: [CommittedProposal]

  /// What a list makes of a group, before the path of its Commit.
  struct Outcome: Sendable {
    var tree: RatchetTree
    var extensions: [Extension]
    var added: [(index: LeafIndex, keyPackage: KeyPackage)] = []
    var removed: [(index: LeafIndex, leaf: LeafNode)] = []
    var updated: [(index: LeafIndex, old: LeafNode, new: LeafNode)] = []
    var newExtensions: [Extension]?
    var preSharedKeys: [PreSharedKeyID] = []
    var externalInit: [UInt8]?
    var reInit: ReInit?

    var newMembers: Set<LeafIndex> { Set(added.map(\.index)) }

    /// How the leaves that come in stand to the tree that the Commit ends in.
    ///
    /// - Parameter committer: Whose leaf the path has replaced; nil without a path.
    func validateLeaves(besides committer: LeafIndex?) throws(MLSError) {
      // RFC 9420 §12.1.7: of the members that there are then, the committer under the leaf of its path.
      if let newExtensions { try tree.validateSupport(of: newExtensions) }
      let proposed = added.map(\.index) + updated.map(\.index)
      try tree.validateCompatibility(
        of: committer.map { proposed + [$0] } ?? proposed, extensions: extensions)
      try tree.validateParentKeys(besides: proposed)
    }
  }

  /// Whether a Commit with this list needs a path, RFC 9420 section 12.4.
  func requiresPath(under settings: GroupSettings) -> Bool {
    items.isEmpty || items.contains { settings.requiresPath($0.proposal.type) }
  }

  /// Who commits, as far as the list's rules depend on it.
  enum Committer: Sendable {
    case member(LeafIndex)
    case external
  }
}
