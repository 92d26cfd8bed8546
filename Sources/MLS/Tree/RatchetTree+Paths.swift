// SPDX-License-Identifier: Apache-2.0

extension RatchetTree {
  /// One step of a filtered direct path: a parent on the way to the root, and its child on the other
  /// side.
  struct PathStep: Sendable, Hashable {
    var node: NodeIndex
    var copathChild: NodeIndex
  }

  /// The non-blank nodes that together reach everybody below `node`, RFC 9420 section 4.1.1.
  public func resolution(of node: NodeIndex) -> [NodeIndex] {
    var found: [NodeIndex] = []
    collectResolution(of: node, into: &found)
    return found
  }

  /// The direct path of a leaf without the nodes whose copath child has an empty resolution,
  /// RFC 9420 section 4.1.2.
  func filteredDirectPath(of leaf: LeafIndex) -> [PathStep] {
    guard size.contains(leaf) else { return [] }
    var path: [PathStep] = []
    var child = leaf.node
    for node in size.directPath(of: leaf) {
      let sibling = child.sibling
      if holdsAnything(below: sibling) {
        path.append(PathStep(node: node, copathChild: sibling))
      }
      child = node
    }
    return path
  }

  private func collectResolution(of node: NodeIndex, into found: inout [NodeIndex]) {
    switch self[node] {
    case .leaf?:
      found.append(node)
    case .parent(let parent)?:
      found.append(node)
      found.append(contentsOf: parent.unmergedLeaves.map(\.node))
    case nil:
      if let left = node.left, let right = node.right {
        collectResolution(of: left, into: &found)
        collectResolution(of: right, into: &found)
      }
    }
  }

  /// Whether the resolution of a node of this tree is not empty.
  private func holdsAnything(below node: NodeIndex) -> Bool {
    nodes[node.subtree].contains { $0 != nil }
  }
}
