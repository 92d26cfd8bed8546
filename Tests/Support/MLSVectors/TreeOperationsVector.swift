// SPDX-License-Identifier: Apache-2.0

import MLS
import WireFormat

/// A tree before and after one Add, Update or Remove; RFC 9420 section 12.1.
struct TreeOperationsVector: Vector {
  static let kind = "tree-operations"
  static let signature: Set<String> = ["proposal_sender", "tree_before", "tree_after"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let treeBefore: HexBytes
  let proposal: HexBytes
  let proposalSender: UInt32
  let treeHashBefore: HexBytes
  let treeAfter: HexBytes
  let treeHashAfter: HexBytes

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    var tree = try UnverifiedRatchetTree(wireBytes: treeBefore.bytes).assumingValid(suite: suite)
    try expect(tree.treeHash() == treeHashBefore.bytes, "tree_hash_before")
    switch try Proposal(wireBytes: proposal.bytes) {
    case .add(let add): _ = try tree.add(add.keyPackage.leafNode)
    case .update(let update): try tree.update(LeafIndex(proposalSender), to: update.leafNode)
    case .remove(let remove): try tree.remove(remove.removed)
    default: throw VectorFailure(description: "proposal is neither add, update nor remove")
    }
    try expect(UnverifiedRatchetTree(tree).wireBytes == treeAfter.bytes, "tree_after")
    try expect(tree.treeHash() == treeHashAfter.bytes, "tree_hash_after")
  }
}
