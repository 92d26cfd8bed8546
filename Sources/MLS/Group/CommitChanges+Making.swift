// SPDX-License-Identifier: Apache-2.0

extension CommitChanges {
  init(
    committer: LeafIndex, content: FramedContent, outcome: ProposalList.Outcome,
    list: ProposalList, leaf: LeafNode?, old: LeafNode?
  ) {
    self.init(
      committer: committer, sender: content.sender, authenticatedData: content.authenticatedData,
      committerLeaf: leaf, previousCommitterLeaf: old,
      additions: outcome.added.map { Addition(index: $0.index, leaf: $0.keyPackage.leafNode) },
      removals: outcome.removed.map { Removal(index: $0.index, leaf: $0.leaf) },
      updates: outcome.updated.map { Replacement(index: $0.index, old: $0.old, new: $0.new) },
      extensions: outcome.newExtensions, preSharedKeys: outcome.preSharedKeys,
      reInit: outcome.reInit, proposals: list.items.map(\.proposal))
  }
}
