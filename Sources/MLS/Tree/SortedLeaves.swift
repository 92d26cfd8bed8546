// SPDX-License-Identifier: Apache-2.0

/// Searching lists of leaves in increasing order, which lists of unmerged leaves are.
///
/// A tree that is joined may list every leaf at every node above it: to look through a list from its
/// beginning, for each of them, would let an inviter keep a joiner busy for minutes.
extension RandomAccessCollection where Element == LeafIndex, Index == Int {
  /// The place of the first leaf that is not below `leaf`.
  func sortedPlace(of leaf: LeafIndex) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle] < leaf { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether the list holds `leaf`.
  func sortedContains(_ leaf: LeafIndex) -> Bool {
    let place = sortedPlace(of: leaf)
    return place < endIndex && self[place] == leaf
  }

  /// The part of the list below a node.
  func sorted(below node: NodeIndex) -> SubSequence {
    let reach = node.subtree
    guard
      let first = UInt32(exactly: (reach.lowerBound + 1) / 2),
      let last = UInt32(exactly: reach.upperBound / 2)
    else { return self[startIndex..<startIndex] }
    let start = sortedPlace(of: LeafIndex(first))
    let end = last == .max ? endIndex : sortedPlace(of: LeafIndex(last + 1))
    return self[start..<end]
  }
}
