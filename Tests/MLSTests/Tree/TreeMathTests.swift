// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MLS

struct TreeMathTests {
  @Test func `relations hold in every tree of up to 64 leaves`() throws {
    for leafCount in [1, 2, 4, 8, 16, 32, 64] {
      let size = try #require(TreeSize(leafCount: leafCount))
      #expect(size.nodeCount == 2 * leafCount - 1)
      for place in 0..<size.nodeCount {
        let node = NodeIndex(place)
        if let left = node.left, let right = node.right {
          #expect(size.parent(of: left) == node && size.parent(of: right) == node)
          #expect(size.sibling(of: left) == right && size.sibling(of: right) == left)
          #expect(left.subtree.upperBound == place - 1 && right.subtree.lowerBound == place + 1)
        } else {
          #expect(node.level == 0 && node.leaf == LeafIndex(UInt32(place / 2)))
        }
        #expect(size.directPath(of: node).last == (node == size.root ? nil : size.root))
        for other in 0..<size.nodeCount {
          let ancestor = try #require(size.commonAncestor(node, NodeIndex(other)))
          let candidates = ([node] + size.directPath(of: node)).filter {
            $0.covers(NodeIndex(other))
          }
          #expect(ancestor == candidates.first)
        }
      }
    }
  }

  @Test func `sizes round up to the next power of two and are bounded`() {
    #expect(TreeSize(leafCount: 3)?.leafCount == 4)
    #expect(TreeSize(nodeCount: 11)?.leafCount == 8)
    #expect(TreeSize(nodeCount: 2)?.leafCount == 2)
    #expect(TreeSize(leafCount: 0) == nil)
    #expect(TreeSize(leafCount: -1) == nil)
    #expect(TreeSize(nodeCount: 0) == nil)
    #expect(TreeSize(leafCount: TreeSize.maximumLeafCount)?.extended == nil)
    #expect(TreeSize(leafCount: TreeSize.maximumLeafCount + 1) == nil)
    #expect(TreeSize(nodeCount: .max) == nil)
    #expect(TreeSize.single.truncated == nil)
  }

  @Test(arguments: [UInt32(8), 1 << 24 - 1, 1 << 31 - 1, 1 << 31, .max])
  func `an index outside the tree is answered, whatever it is`(index: UInt32) throws {
    let size = try #require(TreeSize(leafCount: 8))
    let leaf = LeafIndex(index)
    #expect(!size.contains(leaf))
    #expect(!size.contains(leaf.node))
    #expect(leaf.node.leaf == leaf)
    #expect(size.parent(of: leaf.node) == nil)
    #expect(size.sibling(of: leaf.node) == nil)
    #expect(size.directPath(of: leaf).isEmpty)
    #expect(size.commonAncestor(leaf.node, 0) == nil)
    #expect(size.commonAncestor(0, leaf.node) == nil)
  }
}
