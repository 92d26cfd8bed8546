// SPDX-License-Identifier: Apache-2.0

import MLS

/// Relations between nodes of a tree, RFC 9420 appendix C.
///
/// A file may count the nodes of a tree that is not full as `node_width` there does: up to its last leaf. What lies
/// behind them is no node then.
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
    try expect(nNodes == size.nodeCount || nNodes == 2 * nLeaves - 1, "n_nodes")
    try expect(
      [left, right, parent, sibling].allSatisfy { $0.count == nNodes }, "as many entries as nodes")
    func inside(_ node: NodeIndex?) -> Int? {
      node.flatMap { $0.rawValue < nNodes ? $0.rawValue : nil }
    }
    try expect(size.root.rawValue == root, "root")
    for place in 0..<nNodes {
      let node = NodeIndex(place)
      try expect(inside(node.left) == left[place], "left[\(place)]")
      try expect(inside(node.right) == right[place], "right[\(place)]")
      try expect(inside(size.parent(of: node)) == parent[place], "parent[\(place)]")
      try expect(inside(size.sibling(of: node)) == sibling[place], "sibling[\(place)]")
    }
  }
}
