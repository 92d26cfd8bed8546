// SPDX-License-Identifier: Apache-2.0

import MLS

/// Relations between nodes of a tree, RFC 9420 appendix C.
struct TreeMathVector: Vector {
  static let kind = "tree-math"
  static let signature: Set<String> = ["n_leaves", "n_nodes", "root", "left", "right"]
  var suite: UInt16? { nil }

  let nLeaves: Int
  let nNodes: Int
  let root: Int
  let left: [Int?]
  let right: [Int?]
  let parent: [Int?]
  let sibling: [Int?]

  func verify() throws {
    let size = try require(TreeSize(leafCount: nLeaves), "n_leaves")
    try expect(size.nodeCount == nNodes, "n_nodes")
    try expect(size.root.rawValue == root, "root")
    for place in 0..<nNodes {
      let node = NodeIndex(place)
      try expect(node.left?.rawValue == left[place], "left[\(place)]")
      try expect(node.right?.rawValue == right[place], "right[\(place)]")
      try expect(size.parent(of: node)?.rawValue == parent[place], "parent[\(place)]")
      try expect(size.sibling(of: node)?.rawValue == sibling[place], "sibling[\(place)]")
    }
  }
}
