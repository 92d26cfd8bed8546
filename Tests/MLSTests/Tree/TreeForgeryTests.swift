// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about a received tree, a tree that breaks this rule and, as far as can be, no other.
struct TreeForgeryTests {
  /// Six members, the last two of them unmerged below the root's right half.
  private func group() throws -> TestTree {
    var group = try TestTree(8)
    try group.commit(from: 4, removing: [5, 7])
    try group.commit(from: 0)
    try group.commit(from: 4)
    try group.add()
    try group.add()
    try group.tree.validateStructure()
    #expect(group.tree.parent(at: 7)?.unmergedLeaves == [5, 7])
    #expect(group.tree.parent(at: 11)?.unmergedLeaves == [5, 7])
    return group
  }

  private func changing(
    _ node: NodeIndex, of tree: RatchetTree, _ change: (inout ParentNode) -> Void
  ) throws -> RatchetTree {
    var tree = tree
    var parent = try #require(tree.parent(at: node))
    change(&parent)
    tree.set(node, to: .parent(parent))
    return tree
  }

  private func expectRefusal(_ error: MLSError, _ tree: RatchetTree) {
    var tree = tree
    #expect(throws: error) { try tree.validateStructure() }
  }

  @Test func `another tree than the one agreed on is refused — RFC 9420 §12.4.3.1`() throws {
    var group = try TestTree(4)
    let hash = group.tree.treeHash()
    var other = group.tree
    other.set(other.size.root, to: nil)
    #expect(throws: MLSError.invalidTree(.treeHash)) {
      try UnverifiedRatchetTree(other).verified(suite: group.suite, treeHash: hash)
    }
    for hash in [[], Array(hash.dropLast()), hash + [0]] {
      #expect(throws: MLSError.invalidTree(.treeHash)) {
        try UnverifiedRatchetTree(group.tree).verified(suite: group.suite, treeHash: hash)
      }
    }
  }

  @Test func `unmerged leaves out of order or twice are refused — RFC 9420 §7.1`() throws {
    let tree = try group().tree
    expectRefusal(
      .invalidTree(.unmergedLeavesOrder), try changing(7, of: tree) { $0.unmergedLeaves = [7, 5] })
    expectRefusal(
      .invalidTree(.unmergedLeavesOrder),
      try changing(7, of: tree) { $0.unmergedLeaves = [5, 5, 7] })
  }

  @Test(arguments: [LeafIndex(8), 0x00FF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
  func `an unmerged leaf outside the tree is refused — RFC 9420 §12.4.3.1`(leaf: LeafIndex) throws {
    let tree = try group().tree
    expectRefusal(
      .invalidTree(.unmergedLeaf), try changing(7, of: tree) { $0.unmergedLeaves = [5, 7, leaf] })
  }

  @Test func `an unmerged leaf that is blank is refused — RFC 9420 §12.4.3.1`() throws {
    var tree = try group().tree
    tree.set(LeafIndex(7).node, to: nil)
    expectRefusal(.invalidTree(.unmergedLeaf), tree)
  }

  @Test func `an unmerged leaf of another subtree is refused — RFC 9420 §12.4.3.1`() throws {
    let tree = try group().tree
    expectRefusal(
      .invalidTree(.unmergedLeaf), try changing(11, of: tree) { $0.unmergedLeaves = [1, 5, 7] })
  }

  @Test func `an unmerged leaf that a node between does not list is refused — RFC 9420 §12.4.3.1`()
    throws
  {
    let tree = try group().tree
    expectRefusal(
      .invalidTree(.unmergedLeafNotBelow), try changing(11, of: tree) { $0.unmergedLeaves = [5] })
  }

  @Test func `two members with one encryption key are refused — RFC 9420 §7.3`() throws {
    let group = try group()
    var tree = group.tree
    let key = try #require(tree[LeafIndex(0)]).encryptionKey
    let twin = try group.leaf(of: 1) { $0.encryptionKey = key }
    tree.set(LeafIndex(1).node, to: .leaf(twin))
    expectRefusal(.invalidTree(.duplicateEncryptionKey), tree)
  }

  @Test func `two members with one signature key are refused — RFC 9420 §7.3`() throws {
    let group = try group()
    var tree = group.tree
    let key = try #require(tree[LeafIndex(0)]).signatureKey
    let twin = try group.leaf(of: 1) { $0.signatureKey = key }
    tree.set(LeafIndex(1).node, to: .leaf(twin))
    expectRefusal(.invalidTree(.duplicateSignatureKey), tree)
  }

  @Test func `a parent with a key that stands elsewhere is refused — RFC 9420 §12.4.3.1`() throws {
    let tree = try group().tree
    let leafKey = try #require(tree[LeafIndex(0)]).encryptionKey
    expectRefusal(
      .invalidTree(.duplicateEncryptionKey),
      try changing(7, of: tree) { $0.encryptionKey = leafKey })
    let parentKey = try #require(tree.parent(at: 11)).encryptionKey
    expectRefusal(
      .invalidTree(.duplicateEncryptionKey),
      try changing(7, of: tree) { $0.encryptionKey = parentKey })
  }

  @Test func `a key that nothing can be encrypted to is refused — RFC 9420 §5.1.1`() throws {
    let group = try group()
    for bytes in [[UInt8](repeating: 0, count: 32), [], [UInt8](repeating: 9, count: 31)] {
      var forged = try changing(7, of: group.tree) { $0.encryptionKey = HPKEPublicKey(bytes) }
      #expect(throws: MLSError.invalidKey) { try forged.validateStructure() }
      var tree = group.tree
      let leaf = try group.leaf(of: 1) { $0.encryptionKey = HPKEPublicKey(bytes) }
      tree.set(LeafIndex(1).node, to: .leaf(leaf))
      #expect(throws: MLSError.invalidKey) { try tree.validateStructure() }
    }
  }

  @Test func `a parent whose key or parent hash was changed is refused — RFC 9420 §7.9.2`() throws {
    let group = try group()
    for (node, parent) in group.tree.parents {
      let key = try group.freshKey()
      expectRefusal(
        .invalidTree(.parentHash), try changing(node, of: group.tree) { $0.encryptionKey = key })
      expectRefusal(
        .invalidTree(.parentHash),
        try changing(node, of: group.tree) { $0.parentHash = parent.parentHash + [0] })
      if node != group.tree.size.root {
        expectRefusal(
          .invalidTree(.parentHash),
          try changing(node, of: group.tree) { $0.parentHash[0] ^= 1 })
      }
    }
  }

  @Test
  func `a root with a parent hash is refused, though its child has signed for it — RFC 9420 §7.9`()
    throws
  {
    var group = try TestTree(2)
    try group.commit(from: 0)
    var tree = group.tree
    let root = tree.size.root
    var parent = try #require(tree.parent(at: root))
    parent.parentHash = group.random.bytes(32)
    tree.set(root, to: .parent(parent))
    let hash = tree.parentHash(of: parent, copathChild: LeafIndex(1).node)
    let leaf = try group.leaf(of: 0) { $0.source = .commit(parentHash: hash) }
    tree.set(LeafIndex(0).node, to: .leaf(leaf))
    expectRefusal(.invalidTree(.parentHash), tree)
    parent.parentHash = []
    tree.set(root, to: .parent(parent))
    let honest = tree.parentHash(of: parent, copathChild: LeafIndex(1).node)
    let signed = try group.leaf(of: 0) { $0.source = .commit(parentHash: honest) }
    tree.set(LeafIndex(0).node, to: .leaf(signed))
    try tree.validateStructure()
  }

  @Test func `a parent that nobody below has signed for is refused — RFC 9420 §7.9.2`() throws {
    let group = try group()
    for place in stride(from: 1, to: group.tree.size.nodeCount, by: 2)
    where group.tree[NodeIndex(place)] == nil {
      var tree = group.tree
      let node = NodeIndex(place)
      let above = group.tree.size.directPath(of: node).compactMap { group.tree.parent(at: $0) }
      let unmerged = above.flatMap(\.unmergedLeaves).filter { node.covers($0) }
      let insider = ParentNode(
        encryptionKey: try group.freshKey(), parentHash: [],
        unmergedLeaves: Set(unmerged).sorted())
      tree.set(node, to: .parent(insider))
      expectRefusal(.invalidTree(.parentHash), tree)
    }
  }

  @Test func `a blanked link of a chain is noticed — RFC 9420 §7.9.2`() throws {
    var group = try TestTree(4)
    try group.commit(from: 0)
    var tree = group.tree
    // The root's key was set together with node 1, which vouches for it.
    tree.set(1, to: nil)
    expectRefusal(.invalidTree(.parentHash), tree)
  }

  @Test func `two leaves that have changed places are refused — RFC 9420 §7.9.2`() throws {
    var group = try TestTree(4)
    try group.commit(from: 0)
    var tree = group.tree
    let (first, last) = (tree[NodeIndex(0)], tree[NodeIndex(6)])
    tree.set(0, to: last)
    tree.set(6, to: first)
    expectRefusal(.invalidTree(.parentHash), tree)
  }

  @Test func `a leaf that is unmerged although it knows the key is refused — RFC 9420 §7.9.2`()
    throws
  {
    var group = try TestTree(4)
    try group.commit(from: 0)
    // With leaf 1 unmerged at node 1, what leaf 0 signed for is no longer what node 1 says.
    expectRefusal(
      .invalidTree(.parentHash), try changing(1, of: group.tree) { $0.unmergedLeaves = [0] })
  }

  @Test func `a list that ends in a blank, or is empty, is no tree — RFC 9420 §12.4.3.3`() throws {
    let group = try TestTree(3)
    var writer = WireWriter()
    writer.writeVector { inner in
      for node in group.tree.nodes[..<5] { inner.writeOptional(node) }
      inner.write(UInt8(0))
    }
    #expect(throws: WireError.invalidValue) { try UnverifiedRatchetTree(wireBytes: writer.bytes) }
    #expect(throws: WireError.invalidValue) { try UnverifiedRatchetTree(wireBytes: [0]) }
    #expect(throws: WireError.invalidValue) { try UnverifiedRatchetTree(wireBytes: [1, 0]) }
  }

  @Test func `a leaf where a parent belongs, or the reverse, is no tree — RFC 9420 §12.4.3.3`()
    throws
  {
    let group = try TestTree(2)
    for order in [[0, 0, 2], [1, 1, 2], [0, 1, 1]] {
      var writer = WireWriter()
      writer.writeVector { inner in
        for place in order { inner.writeOptional(group.tree.nodes[place]) }
      }
      #expect(throws: WireError.invalidValue) { try UnverifiedRatchetTree(wireBytes: writer.bytes) }
    }
  }

  @Test func `an over-long tree is refused before it is built — RFC 9420 §12.4.3.3`() {
    // Blanks alone, one byte each: more of them than any tree has places.
    var writer = WireWriter()
    writer.writeVector { inner in
      inner.writeFixed([UInt8](repeating: 0, count: 2 * TreeSize.maximumLeafCount + 1))
    }
    #expect(throws: WireError.tooLong) { try UnverifiedRatchetTree(wireBytes: writer.bytes) }
  }

  @Test func `a tree at its bound takes nobody else`() throws {
    let group = try TestTree(1)
    let size = try #require(TreeSize(leafCount: TreeSize.maximumLeafCount))
    let full = try #require(group.tree.nodes[0])
    var tree = RatchetTree(
      suite: group.suite, size: size, nodes: Array(repeating: full, count: size.nodeCount))
    #expect(throws: MLSError.treeTooLarge) { try tree.leftmostBlankLeaf() }
  }
}
