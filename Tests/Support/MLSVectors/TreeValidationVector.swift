// SPDX-License-Identifier: Apache-2.0

import MLS
import WireFormat

/// A tree as a joiner gets it: resolutions, tree hashes, parent hashes, leaf signatures;
/// RFC 9420 section 12.4.3.1.
struct TreeValidationVector: Vector {
  static let kind = "tree-validation"
  static let signature: Set<String> = ["tree", "group_id", "resolutions", "tree_hashes"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let tree: HexBytes
  let groupId: HexBytes
  let resolutions: [[Int]]
  let treeHashes: [HexBytes]

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    let unverified = try UnverifiedRatchetTree(wireBytes: tree.bytes)
    try expect(unverified.wireBytes == tree.bytes, "tree encodes to other bytes")
    var tree = unverified.assumingValid(suite: suite)
    try expect(tree.size.nodeCount == treeHashes.count, "number of nodes")
    for place in 0..<tree.size.nodeCount {
      let node = NodeIndex(place)
      try expect(
        tree.resolution(of: node).map(\.rawValue) == resolutions[place], "resolutions[\(place)]")
      try expect(tree.treeHash(of: node) == treeHashes[place].bytes, "tree_hashes[\(place)]")
    }
    try tree.validateStructure()
    for (index, leaf) in tree.members {
      try expect(
        leaf.verifySignature(suite: suite, groupID: GroupID(groupId.bytes), leafIndex: index),
        "signature of leaf \(index.rawValue)")
    }
  }
}
