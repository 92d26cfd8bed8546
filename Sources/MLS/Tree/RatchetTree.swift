// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The public state of a group's ratchet tree (RFC 9420 sections 4 and 7), a value.
///
/// ```
///               3              the array representation of RFC 9420 appendix C:
///         .-----+-----.        leaves at even places, parents between them,
///         1           5        always a perfect tree, blanks included
///       .-+-.       .-+-.
///       0   2       4   6
/// ```
///
/// A copy shares its nodes with the original until one of the two changes. Tree hashes are kept per
/// node and dropped only along the path of a change, so that an unchanged subtree is never hashed
/// again; this is why asking for a hash is `mutating`.
public struct RatchetTree: Sendable {
  /// The suite whose hash the tree is hashed with.
  public let suite: CipherSuite
  /// How large the tree is, blanks included.
  public private(set) var size: TreeSize
  /// One place per node, nil where the node is blank.
  private(set) var nodes: [Node?]
  /// So many leaves, from the left, are known not to be blank: many new members look for their places one
  /// after the other.
  var filledLeaves = 0
  /// The tree hash per place. Where one is nil, so are those of all ancestors.
  var hashes: [[UInt8]?]

  /// The tree of a group of one.
  package init(suite: CipherSuite, founder: LeafNode) {
    self.suite = suite
    size = .single
    nodes = [.leaf(founder)]
    hashes = [nil]
  }

  /// A tree of the given places, which the caller has checked: as many as the size says, leaves and
  /// parents at theirs.
  init(suite: CipherSuite, size: TreeSize, nodes: [Node?]) {
    self.suite = suite
    self.size = size
    self.nodes = nodes
    hashes = Array(repeating: nil, count: nodes.count)
  }

  // MARK: Reading

  /// The node at a place; nil where it is blank or outside the tree.
  public subscript(node: NodeIndex) -> Node? {
    size.contains(node) ? nodes[node.rawValue] : nil
  }

  /// The leaf of a member; nil where it is blank or outside the tree.
  public subscript(leaf: LeafIndex) -> LeafNode? { self[leaf.node]?.leaf }

  /// The parent node at a place; nil for a leaf, a blank and what is outside the tree.
  public func parent(at node: NodeIndex) -> ParentNode? { self[node]?.parent }

  /// The members, left to right.
  public var members: [(index: LeafIndex, leaf: LeafNode)] {
    stride(from: 0, to: nodes.count, by: 2).compactMap { place in
      guard let leaf = nodes[place]?.leaf else { return nil }
      return (LeafIndex(UInt32(place / 2)), leaf)
    }
  }

  /// The places of all members, left to right.
  public var memberIndices: [LeafIndex] {
    stride(from: 0, to: nodes.count, by: 2).compactMap { place in
      nodes[place] == nil ? nil : LeafIndex(UInt32(place / 2))
    }
  }

  /// The parent nodes that are not blank, in the order of their places.
  var parents: [(index: NodeIndex, node: ParentNode)] {
    stride(from: 1, to: nodes.count, by: 2).compactMap { place in
      guard let parent = nodes[place]?.parent else { return nil }
      return (NodeIndex(place), parent)
    }
  }

  /// The member whose leaf equals `leaf`.
  public func index(of leaf: LeafNode) -> LeafIndex? {
    members.first { $0.leaf == leaf }?.index
  }

  /// Whether any node holds one of these keys, which are few.
  func containsAny(of keys: [HPKEPublicKey]) -> Bool {
    nodes.contains { node in
      guard let key = node?.encryptionKey else { return false }
      return keys.contains(key)
    }
  }

  // MARK: Writing, for the operations of this folder alone

  /// Sets one place and drops the hashes that covered it.
  mutating func set(_ node: NodeIndex, to value: Node?) {
    nodes[node.rawValue] = value
    if value == nil { filledLeaves = min(filledLeaves, (node.rawValue + 1) / 2) }
    forgetHashes(from: node)
  }

  /// Blanks every ancestor of a leaf.
  mutating func blankDirectPath(of leaf: LeafIndex) {
    for node in size.directPath(of: leaf) { nodes[node.rawValue] = nil }
    forgetHashes(from: leaf.node)
  }

  /// Doubles the tree, RFC 9420 section 7.7.
  mutating func extend() throws(MLSError) {
    guard let larger = size.extended else { throw .treeTooLarge }
    nodes.append(contentsOf: repeatElement(nil, count: larger.nodeCount - size.nodeCount))
    hashes.append(contentsOf: repeatElement(nil, count: larger.nodeCount - size.nodeCount))
    size = larger
  }

  /// Halves the tree for as long as its right half is empty, RFC 9420 section 7.7.
  mutating func truncate() {
    while let half = size.truncated,
      !nodes[size.root.rawValue + 1..<nodes.count].contains(where: { $0 != nil })
    {
      nodes.removeLast(nodes.count - half.nodeCount)
      hashes.removeLast(hashes.count - half.nodeCount)
      size = half
    }
  }

  private mutating func forgetHashes(from node: NodeIndex) {
    hashes[node.rawValue] = nil
    var node = node
    while node != size.root {
      node = node.parent
      if hashes[node.rawValue] == nil { return }
      hashes[node.rawValue] = nil
    }
  }
}
