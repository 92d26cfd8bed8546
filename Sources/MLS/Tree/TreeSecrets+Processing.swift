// SPDX-License-Identifier: Apache-2.0

package import Primitives

extension TreeSecrets {
  /// Decrypts the path secret that a received UpdatePath holds for this member, and derives all keys
  /// above from it; RFC 9420 section 7.5.
  ///
  /// - Parameters:
  ///   - sender: The committer.
  ///   - tree: The tree into which the path has been merged.
  ///   - groupContext: The encoded provisional group context.
  ///   - newMembers: The members that this very commit adds, for whom nothing is encrypted.
  /// - Returns: The secrets after the commit, and the commit secret.
  package func opening(
    _ path: UpdatePath, from sender: LeafIndex, in tree: RatchetTree, groupContext: [UInt8],
    excluding newMembers: Set<LeafIndex>
  ) throws(MLSError) -> (secrets: TreeSecrets, commitSecret: SharedSecret) {
    let (start, lowest) = try lowestPathSecret(
      in: path, from: sender, tree: tree, groupContext: groupContext, excluding: newMembers)
    let steps = tree.filteredDirectPath(of: sender)
    let derived = try PathSecrets(
      from: lowest, count: steps.count - start, suite: tree.suite)
    var nodeKeys = nodeKeys.filter { tree.parent(at: $0.key) != nil }
    for (offset, keyPair) in derived.keyPairs.enumerated() {
      let step = steps[start + offset]
      // RFC 9420 §7.5
      guard keyPair.publicKey == path.nodes[start + offset].encryptionKey.bytes else {
        throw .invalidUpdatePath(.keyMismatch)
      }
      nodeKeys[step.node] = keyPair.privateKey
    }
    return (
      TreeSecrets(leaf: leaf, leafKey: leafKey, nodeKeys: nodeKeys), derived.commitSecret
    )
  }

  /// The path secret that an UpdatePath holds for this member, alone.
  package func pathSecret(
    in path: UpdatePath, from sender: LeafIndex, tree: RatchetTree, groupContext: [UInt8],
    excluding newMembers: Set<LeafIndex>
  ) throws(MLSError) -> SharedSecret {
    try lowestPathSecret(
      in: path, from: sender, tree: tree, groupContext: groupContext, excluding: newMembers
    ).secret
  }

  /// The step of the path at which this member enters, and the secret encrypted to it there.
  private func lowestPathSecret(
    in path: UpdatePath, from sender: LeafIndex, tree: RatchetTree, groupContext: [UInt8],
    excluding newMembers: Set<LeafIndex>
  ) throws(MLSError) -> (step: Int, secret: SharedSecret) {
    let steps = tree.filteredDirectPath(of: sender)
    guard steps.count == path.nodes.count else { throw .invalidUpdatePath(.length) }
    for (step, node) in zip(steps, path.nodes) {
      // RFC 9420 §7.6
      guard
        node.encryptedPathSecret.count == tree.recipients(of: step, excluding: newMembers).count
      else { throw .invalidUpdatePath(.ciphertextCount) }
    }
    guard
      let start = steps.firstIndex(where: { $0.copathChild.covers(leaf) }),
      case let recipients = tree.recipients(of: steps[start], excluding: newMembers),
      let mine = recipients.firstIndex(where: { privateKey(of: $0) != nil }),
      let privateKey = privateKey(of: recipients[mine])
    else { throw .invalidUpdatePath(.notForThisMember) }
    let secret = try tree.suite.decryptSecret(
      path.nodes[start].encryptedPathSecret[mine], privateKey: privateKey,
      label: "UpdatePathNode", context: groupContext)
    // RFC 9420 §7.4
    guard secret.count == tree.suite.hashLength else { throw .invalidUpdatePath(.secretLength) }
    return (start, secret)
  }

  /// The secrets of a member who joins by a Welcome, RFC 9420 section 12.4.3.1.
  ///
  /// - Parameters:
  ///   - leafKey: The private key of the leaf in the member's KeyPackage.
  ///   - pathSecret: The secret of the lowest node above both the member and `committer`, where the
  ///     commit had a path.
  package static func joining(
    _ tree: RatchetTree, as leaf: LeafIndex, leafKey: HPKEPrivateKey, pathSecret: SharedSecret?,
    committer: LeafIndex
  ) throws(MLSError) -> TreeSecrets {
    // RFC 9420 §12.4.3.1
    guard
      let own = tree[leaf],
      let derived = try? leafKey.publicKey(),
      derived == own.encryptionKey.bytes
    else { throw .invalidUpdatePath(.keyMismatch) }
    guard let pathSecret else {
      try tree.expectKeys(of: [], toBeAllFor: leaf)
      return TreeSecrets(leaf: leaf, leafKey: leafKey)
    }
    // RFC 9420 §7.4
    guard pathSecret.count == tree.suite.hashLength else {
      throw .invalidUpdatePath(.secretLength)
    }
    guard leaf != committer, let ancestor = tree.size.commonAncestor(leaf.node, committer.node)
    else { throw .invalidUpdatePath(.notForThisMember) }
    // The commit blanked what is not on its filtered path: what is left above the ancestor is on it.
    let nodes = ([ancestor] + tree.size.directPath(of: ancestor)).filter {
      $0 == ancestor || tree.parent(at: $0) != nil
    }
    let path = try PathSecrets(from: pathSecret, count: nodes.count, suite: tree.suite)
    var nodeKeys: [NodeIndex: HPKEPrivateKey] = [:]
    for (node, keyPair) in zip(nodes, path.keyPairs) {
      // RFC 9420 §12.4.3.1
      guard tree.parent(at: node)?.encryptionKey.bytes == keyPair.publicKey else {
        throw .invalidUpdatePath(.keyMismatch)
      }
      nodeKeys[node] = keyPair.privateKey
    }
    try tree.expectKeys(of: nodes, toBeAllFor: leaf)
    return TreeSecrets(leaf: leaf, leafKey: leafKey, nodeKeys: nodeKeys)
  }
}

extension RatchetTree {
  /// A member who joins has the keys of `nodes`, and is told of no other: of all else above it, nobody may
  /// believe that it has the key.
  fileprivate func expectKeys(
    of nodes: [NodeIndex], toBeAllFor leaf: LeafIndex
  ) throws(MLSError) {
    for node in size.directPath(of: leaf.node) where !nodes.contains(node) {
      guard let parent = parent(at: node) else { continue }
      // RFC 9420 §12.4.3.1
      guard parent.unmergedLeaves.sortedContains(leaf) else {
        throw .invalidUpdatePath(.pathSecretMissing)
      }
    }
  }
}
