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
  }

  /// Whether a Commit with this list needs a path, RFC 9420 section 12.4.
  var requiresPath: Bool {
    items.isEmpty || items.contains { $0.proposal.type.requiresPath }
  }

  /// Who commits, as far as the list's rules depend on it.
  enum Committer: Sendable {
    case member(LeafIndex)
    case external
  }
}
