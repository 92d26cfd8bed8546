// SPDX-License-Identifier: Apache-2.0

/// The place of a node in the array representation of the tree, RFC 9420 appendix C.
///
/// Leaves stand at the even places, parents between them; relations are arithmetic on the index. The
/// tree being perfect, only the question what lies at or above the root needs its size, and that is
/// ``TreeSize``'s to answer.
public struct NodeIndex: Sendable, Hashable, Comparable {
  public let rawValue: Int

  /// Any non-negative place.
  package init(_ rawValue: Int) {
    self.rawValue = rawValue
  }

  /// Distance from the leaves, which have level 0.
  public var level: Int {
    isLeaf ? 0 : (~rawValue).trailingZeroBitCount
  }

  public var isLeaf: Bool { rawValue & 1 == 0 }

  /// The leaf that stands here, if one does.
  public var leaf: LeafIndex? {
    guard isLeaf else { return nil }
    return UInt32(exactly: rawValue / 2).map { LeafIndex($0) }
  }

  /// The left child, or nil for a leaf.
  public var left: NodeIndex? {
    isLeaf ? nil : NodeIndex(rawValue ^ (1 << (level - 1)))
  }

  /// The right child, or nil for a leaf.
  public var right: NodeIndex? {
    isLeaf ? nil : NodeIndex(rawValue ^ (3 << (level - 1)))
  }

  /// The parent in a tree that reaches higher than this node.
  var parent: NodeIndex {
    let level = level
    let bit = 1 << (level + 1)
    return NodeIndex((rawValue | (1 << level)) & ~bit)
  }

  /// The other child of ``parent``.
  var sibling: NodeIndex {
    NodeIndex(rawValue ^ (1 << (level + 1)))
  }

  /// The places of the subtree below and including this node.
  var subtree: ClosedRange<Int> {
    let reach = (1 << level) - 1
    return (rawValue - reach)...(rawValue + reach)
  }

  /// Whether `node` is this node or a descendant of it.
  func covers(_ node: NodeIndex) -> Bool { subtree.contains(node.rawValue) }

  /// Whether `leaf` stands in the subtree of this node.
  func covers(_ leaf: LeafIndex) -> Bool { covers(leaf.node) }

  /// The leaves of the subtree, left to right.
  var leaves: some Sequence<LeafIndex> {
    let range = subtree
    return stride(from: range.lowerBound, through: range.upperBound, by: 2).lazy.compactMap {
      NodeIndex($0).leaf
    }
  }

  public static func < (lhs: NodeIndex, rhs: NodeIndex) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension LeafIndex {
  /// Where this leaf stands in the array representation, RFC 9420 appendix C. Nothing overflows: the
  /// index has 32 bits, the place 64.
  public var node: NodeIndex { NodeIndex(Int(rawValue) * 2) }
}
