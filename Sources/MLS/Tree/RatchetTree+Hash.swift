// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

extension RatchetTree {
  /// The tree hash of the root, which stands in the group context; RFC 9420 section 7.8.
  public mutating func treeHash() -> [UInt8] { treeHash(of: size.root) }

  /// The tree hash of a node of this tree.
  ///
  /// ```
  /// struct {
  ///   NodeType node_type;
  ///   select (TreeHashInput.node_type) {
  ///     case leaf:   LeafNodeHashInput leaf_node;
  ///     case parent: ParentNodeHashInput parent_node;
  ///   };
  /// } TreeHashInput;
  ///
  /// struct {
  ///     uint32 leaf_index;
  ///     optional<LeafNode> leaf_node;
  /// } LeafNodeHashInput;
  ///
  /// struct {
  ///     optional<ParentNode> parent_node;
  ///     opaque left_hash<V>;
  ///     opaque right_hash<V>;
  /// } ParentNodeHashInput;
  /// ```
  public mutating func treeHash(of node: NodeIndex) -> [UInt8] {
    if let known = hashes[node.rawValue] { return known }
    let hash: [UInt8]
    if let left = node.left, let right = node.right {
      // In this order: a copy of the tree that waits for its children's hashes would have to be made.
      let leftHash = treeHash(of: left)
      let rightHash = treeHash(of: right)
      hash = parentTreeHash(parent(at: node), leftHash, rightHash)
    } else {
      hash = leafTreeHash(node, self[node]?.leaf)
    }
    hashes[node.rawValue] = hash
    return hash
  }

  /// The tree hash of a node as it would be had the given leaves, in increasing order, never been
  /// there: blank, and in no list of unmerged leaves. RFC 9420 section 7.9 calls it the original one.
  mutating func originalTreeHash(
    of node: NodeIndex, without leaves: ArraySlice<LeafIndex>
  ) -> [UInt8] {
    // Where none of the leaves stands below, nothing changes, and the kept hash serves.
    let leaves = leaves.sorted(below: node)
    guard !leaves.isEmpty else { return treeHash(of: node) }
    guard let left = node.left, let right = node.right else { return leafTreeHash(node, nil) }
    var parent = parent(at: node)
    parent?.unmergedLeaves.removeAll { leaves.sortedContains($0) }
    let leftHash = originalTreeHash(of: left, without: leaves)
    let rightHash = originalTreeHash(of: right, without: leaves)
    return parentTreeHash(parent, leftHash, rightHash)
  }

  /// The parent hash of `node` with copath child `sibling`, RFC 9420 section 7.9.
  ///
  /// ```
  /// struct {
  ///     HPKEPublicKey encryption_key;
  ///     opaque parent_hash<V>;
  ///     opaque original_sibling_tree_hash<V>;
  /// } ParentHashInput;
  /// ```
  mutating func parentHash(of parent: ParentNode, copathChild sibling: NodeIndex) -> [UInt8] {
    let siblingHash = originalTreeHash(of: sibling, without: parent.unmergedLeaves[...])
    var writer = WireWriter()
    writer.write(parent.encryptionKey)
    writer.writeOpaque(parent.parentHash)
    writer.writeOpaque(siblingHash)
    return suite.hash(writer.bytes)
  }

  private func leafTreeHash(_ node: NodeIndex, _ leaf: LeafNode?) -> [UInt8] {
    var writer = WireWriter()
    writer.write(NodeType.leaf.rawValue)
    writer.write(UInt32(truncatingIfNeeded: node.rawValue / 2))
    // RFC 9420 §7.8
    writer.writeOptional(leaf)
    return suite.hash(writer.bytes)
  }

  private func parentTreeHash(
    _ parent: ParentNode?, _ left: [UInt8], _ right: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter()
    writer.write(NodeType.parent.rawValue)
    writer.writeOptional(parent)
    writer.writeOpaque(left)
    writer.writeOpaque(right)
    return suite.hash(writer.bytes)
  }
}
