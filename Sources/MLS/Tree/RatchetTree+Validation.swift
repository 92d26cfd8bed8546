// SPDX-License-Identifier: Apache-2.0

import Primitives

extension UnverifiedRatchetTree {
  /// The tree, once everything that RFC 9420 section 12.4.3.1 asks of its shape holds: the tree hash
  /// that the group agreed on, unmerged leaves, keys, parent hashes.
  ///
  /// What concerns a leaf by itself (signature, credential, capabilities, lifetime; section 7.3) is
  /// checked by the caller, who knows the group's context.
  func verified(suite: CipherSuite, treeHash: [UInt8]) throws(MLSError) -> RatchetTree {
    var tree = assumingValid(suite: suite)
    // RFC 9420 §12.4.3.1
    guard tree.treeHash() == treeHash else { throw .invalidTree(.treeHash) }
    try tree.validateStructure()
    return tree
  }
}

extension RatchetTree {
  /// The rules for the tree as a whole of RFC 9420 section 12.4.3.1, in an order in which each can
  /// rely on those before it.
  package mutating func validateStructure() throws(MLSError) {
    try validateUnmergedLeaves()
    try validateKeys()
    try validateParentHashes()
  }

  /// Every list of unmerged leaves names, in order, members below its node, and every node between
  /// the two names them as well.
  func validateUnmergedLeaves() throws(MLSError) {
    for (_, parent) in parents {
      // RFC 9420 §7.1
      guard zip(parent.unmergedLeaves, parent.unmergedLeaves.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw .invalidTree(.unmergedLeavesOrder) }
    }
    for (index, parent) in parents {
      for leaf in parent.unmergedLeaves {
        // RFC 9420 §12.4.3.1
        guard size.contains(leaf), index.covers(leaf), self[leaf] != nil else {
          throw .invalidTree(.unmergedLeaf)
        }
        for between in size.directPath(of: leaf) {
          if between == index { break }
          guard let node = self.parent(at: between) else { continue }
          // RFC 9420 §12.4.3.1
          guard node.unmergedLeaves.sortedContains(leaf) else {
            throw .invalidTree(.unmergedLeafNotBelow)
          }
        }
      }
    }
  }

  /// Every key can be encrypted to and stands in one node only.
  func validateKeys() throws(MLSError) {
    var encryptionKeys = Set<HPKEPublicKey>(minimumCapacity: nodes.count)
    var signatureKeys = Set<SignaturePublicKey>(minimumCapacity: nodes.count)
    for case let node? in nodes {
      // RFC 9420 §7.3 for leaves, RFC 9420 §12.4.3.1 for parents
      guard encryptionKeys.insert(node.encryptionKey).inserted else {
        throw .invalidTree(.duplicateEncryptionKey)
      }
      // RFC 9420 §5.1.1
      try suite.validate(node.encryptionKey)
      if let leaf = node.leaf {
        // RFC 9420 §7.3
        guard signatureKeys.insert(leaf.signatureKey).inserted else {
          throw .invalidTree(.duplicateSignatureKey)
        }
      }
    }
  }

  /// Every parent node was set together with exactly one node below it, down to a leaf whose owner
  /// signed for it; RFC 9420 section 7.9.2, checked from the top down. The root has nobody to vouch for.
  mutating func validateParentHashes() throws(MLSError) {
    for (index, parent) in parents {
      // RFC 9420 §7.9
      guard index != size.root || parent.parentHash.isEmpty else { throw .invalidTree(.parentHash) }
      guard let left = index.left, let right = index.right else { continue }
      let chains =
        descendants(signingFor: parent, through: left, besides: right)
        + descendants(signingFor: parent, through: right, besides: left)
      // RFC 9420 §7.9.2
      guard chains == 1 else { throw .invalidTree(.parentHash) }
    }
  }

  /// How many nodes D under `child` have a parent hash that is valid with respect to `parent`.
  private mutating func descendants(
    signingFor parent: ParentNode, through child: NodeIndex, besides sibling: NodeIndex
  ) -> Int {
    let resolution = resolution(of: child)
    let unmerged = Set(parent.unmergedLeaves.sorted(below: child).map(\.node))
    // D and the unmerged leaves are the whole resolution: so at most one node can be D, and one pass
    // finds it, however many claim to be.
    let others = resolution.filter { !unmerged.contains($0) }
    // RFC 9420 §7.9.2
    guard resolution.count == unmerged.count + 1, others.count == 1,
      let claimed = self[others[0]]?.parentHash
    else { return 0 }
    return claimed == parentHash(of: parent, copathChild: sibling) ? 1 : 0
  }
}
