// SPDX-License-Identifier: Apache-2.0

import Primitives

extension RatchetTree {
  /// Puts fresh public keys on the filtered direct path of a leaf, blanks the rest of its direct
  /// path, and answers the parent hash for the leaf; RFC 9420 sections 7.5 and 7.9.
  ///
  /// The hashes are computed from the root down, so that each covers all keys above it. The list of
  /// unmerged leaves of a fresh node is empty, so the original tree hash of a sibling is its present
  /// one.
  mutating func setPath(
    of leaf: LeafIndex, along path: [PathStep], keys: [HPKEPublicKey]
  ) -> [UInt8] {
    blankDirectPath(of: leaf)
    var parentHash: [UInt8] = []
    for (step, key) in zip(path, keys).reversed() {
      let parent = ParentNode(encryptionKey: key, parentHash: parentHash, unmergedLeaves: [])
      // The sibling's subtree lies off the path: its hash is not touched by what is set here.
      parentHash = self.parentHash(of: parent, copathChild: step.copathChild)
      set(step.node, to: .parent(parent))
    }
    return parentHash
  }

  /// Merges a received UpdatePath into the tree, RFC 9420 sections 7.5 and 12.4.2. Its leaf has been
  /// validated by the caller as section 7.3 says.
  ///
  /// - Parameter sender: The committer, whose leaf is replaced; blank only for an external commit.
  package mutating func merge(_ path: UpdatePath, from sender: LeafIndex) throws(MLSError) {
    guard size.contains(sender) else { throw .unknownMember }
    let steps = filteredDirectPath(of: sender)
    // RFC 9420 §7.6
    guard steps.count == path.nodes.count else { throw .invalidUpdatePath(.length) }
    // RFC 9420 §12.4.2
    guard path.leafNode.encryptionKey != self[sender]?.encryptionKey else {
      throw .invalidUpdatePath(.reusedKey)
    }
    let fresh = [path.leafNode.encryptionKey] + path.nodes.map(\.encryptionKey)
    // RFC 9420 §5.1.1
    for key in fresh { try suite.validate(key) }
    // RFC 9420 §12.4.2
    guard Set(fresh).count == fresh.count, !containsAny(of: fresh) else {
      throw .invalidUpdatePath(.reusedKey)
    }
    let parentHash = setPath(of: sender, along: steps, keys: path.nodes.map(\.encryptionKey))
    // RFC 9420 §7.9.2
    guard path.leafNode.parentHash == parentHash else { throw .invalidUpdatePath(.parentHash) }
    set(sender.node, to: .leaf(path.leafNode))
  }

  /// The nodes to which the secret of a path step is encrypted: the resolution of the copath child
  /// without the members that this very commit adds, RFC 9420 section 7.5.
  func recipients(of step: PathStep, excluding newMembers: Set<LeafIndex>) -> [NodeIndex] {
    resolution(of: step.copathChild).filter { node in
      guard let leaf = node.leaf else { return true }
      return !newMembers.contains(leaf)
    }
  }
}
