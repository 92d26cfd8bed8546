// SPDX-License-Identifier: Apache-2.0

extension RatchetTree {
  /// Applies an Add: the leaf takes the leftmost blank place, or the tree grows; RFC 9420 section
  /// 12.1.1. The leaf has been validated by the caller.
  package mutating func add(_ leaf: LeafNode) throws(MLSError) -> LeafIndex {
    let index = try leftmostBlankLeaf()
    for node in size.directPath(of: index) {
      guard var parent = parent(at: node) else { continue }
      let place = parent.unmergedLeaves.sortedPlace(of: index)
      parent.unmergedLeaves.insert(index, at: place)
      set(node, to: .parent(parent))
    }
    set(index.node, to: .leaf(leaf))
    return index
  }

  /// Applies an Update: the leaf is replaced and nobody but its owner knows a key above it,
  /// RFC 9420 section 12.1.2.
  package mutating func update(_ index: LeafIndex, to leaf: LeafNode) throws(MLSError) {
    // RFC 9420 §12.1.2
    guard self[index] != nil else { throw .unknownMember }
    set(index.node, to: .leaf(leaf))
    blankDirectPath(of: index)
  }

  /// Applies a Remove: leaf and ancestors are blanked and the tree shrinks where its right half is
  /// empty, RFC 9420 section 12.1.3.
  package mutating func remove(_ index: LeafIndex) throws(MLSError) {
    try remove([index])
  }

  /// Applies Removes of several members, in any order. If it throws, some of them have been applied.
  mutating func remove(_ indices: [LeafIndex]) throws(MLSError) {
    guard !indices.isEmpty else { return }
    for index in indices {
      // RFC 9420 §12.1.3
      guard self[index] != nil else { throw .unknownMember }
      set(index.node, to: nil)
      blankDirectPath(of: index)
    }
    // Once, with the same result: after each, it would look through the same blanks again.
    truncate()
  }

  /// Where the next new member goes, the tree having been extended where it is full.
  mutating func leftmostBlankLeaf() throws(MLSError) -> LeafIndex {
    while filledLeaves < size.leafCount, nodes[2 * filledLeaves] != nil { filledLeaves += 1 }
    let next = LeafIndex(UInt32(filledLeaves))
    if filledLeaves == size.leafCount { try extend() }
    return next
  }
}
