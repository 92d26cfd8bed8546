// SPDX-License-Identifier: Apache-2.0

/// The size of a perfect binary tree, and what follows from it.
public struct TreeSize: Sendable, Hashable {
  /// The largest tree that is taken: 2^20 leaves. A blank costs its sender one byte and the reader
  /// many, so there is a bound before anything is allocated.
  public static let maximumLeafCount = 1 << 20

  /// A power of two.
  public let leafCount: Int

  /// A tree of one leaf, which is also its root.
  public static let single = TreeSize(powerOfTwo: 1)

  private init(powerOfTwo leafCount: Int) {
    self.leafCount = leafCount
  }

  /// The smallest tree with at least `leafCount` leaves; nil for none and for too many.
  public init?(leafCount: Int) {
    guard leafCount > 0, leafCount <= Self.maximumLeafCount else { return nil }
    var size = 1
    while size < leafCount { size *= 2 }
    self.leafCount = size
  }

  /// The smallest tree with at least `nodeCount` places; nil for none and for too many.
  public init?(nodeCount: Int) {
    guard nodeCount > 0, nodeCount < 2 * Self.maximumLeafCount else { return nil }
    self.init(leafCount: nodeCount / 2 + 1)
  }

  public var nodeCount: Int { 2 * leafCount - 1 }

  public var root: NodeIndex { NodeIndex(leafCount - 1) }

  /// The tree of twice as many leaves, whose left half this one is; nil at the bound.
  var extended: TreeSize? {
    leafCount < Self.maximumLeafCount ? TreeSize(powerOfTwo: leafCount * 2) : nil
  }

  /// The left half, or nil for a tree of one leaf.
  var truncated: TreeSize? {
    leafCount > 1 ? TreeSize(powerOfTwo: leafCount / 2) : nil
  }

  public func contains(_ node: NodeIndex) -> Bool {
    node.rawValue >= 0 && node.rawValue < nodeCount
  }

  public func contains(_ leaf: LeafIndex) -> Bool {
    leaf.rawValue < UInt32(leafCount)
  }

  /// The parent, or nil for the root and for what is not in the tree.
  public func parent(of node: NodeIndex) -> NodeIndex? {
    contains(node) && node != root ? node.parent : nil
  }

  /// The sibling, or nil for the root and for what is not in the tree.
  public func sibling(of node: NodeIndex) -> NodeIndex? {
    contains(node) && node != root ? node.sibling : nil
  }

  /// The ancestors from the parent to the root, RFC 9420 section 4.1.2; empty for the root and for
  /// what is not in the tree.
  public func directPath(of node: NodeIndex) -> [NodeIndex] {
    guard contains(node) else { return [] }
    var path: [NodeIndex] = []
    var node = node
    while node != root {
      node = node.parent
      path.append(node)
    }
    return path
  }

  /// The ancestors of a leaf from its parent to the root.
  public func directPath(of leaf: LeafIndex) -> [NodeIndex] { directPath(of: leaf.node) }

  /// The lowest node above (or at) both; nil when one of them is not in the tree.
  public func commonAncestor(_ a: NodeIndex, _ b: NodeIndex) -> NodeIndex? {
    guard contains(a), contains(b) else { return nil }
    var node = a
    while !node.covers(b) { node = node.parent }
    return node
  }
}
