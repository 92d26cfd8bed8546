// SPDX-License-Identifier: Apache-2.0

package import Primitives

/// An UpdatePath of one's own whose public half is in the tree and whose secrets are not encrypted
/// yet.
///
/// The two halves are separate because between them stands the provisional group context: it holds
/// the hash of the tree with the new keys, and what is encrypted is bound to it (RFC 9420 section
/// 12.4.1).
package struct StagedPath: Sendable {
  /// The new leaf of the committer, as it stands in the tree.
  package let leafNode: LeafNode
  /// The private keys that the committer holds after the commit.
  package let secrets: TreeSecrets
  /// `path_secret[n+1]`, the contribution to the key schedule.
  package let commitSecret: SharedSecret
  private let steps: [RatchetTree.PathStep]
  private let pathSecrets: [SharedSecret]
  private let publicKeys: [HPKEPublicKey]

  fileprivate init(
    leafNode: LeafNode, secrets: TreeSecrets, steps: [RatchetTree.PathStep], path: PathSecrets,
    publicKeys: [HPKEPublicKey]
  ) {
    self.leafNode = leafNode
    self.secrets = secrets
    self.steps = steps
    self.publicKeys = publicKeys
    pathSecrets = path.secrets
    commitSecret = path.commitSecret
  }

  /// The UpdatePath with each path secret encrypted to the resolution of its copath child.
  ///
  /// - Parameters:
  ///   - tree: The tree in which this path has been staged.
  ///   - groupContext: The encoded provisional group context.
  ///   - newMembers: The members that this very commit adds; they get theirs in the Welcome.
  package func encrypted(
    in tree: RatchetTree, groupContext: [UInt8], excluding newMembers: Set<LeafIndex>
  ) throws(MLSError) -> UpdatePath {
    let context = CipherSuite.encryptContext(label: "UpdatePathNode", context: groupContext)
    var nodes: [UpdatePathNode] = []
    nodes.reserveCapacity(steps.count)
    for (place, step) in steps.enumerated() {
      var ciphertexts: [HPKECiphertext] = []
      for recipient in tree.recipients(of: step, excluding: newMembers) {
        // A resolution names non-blank nodes of a valid tree.
        guard let key = tree[recipient]?.encryptionKey else {
          throw .invalidTree(.unmergedLeaf)
        }
        ciphertexts.append(
          try tree.suite.encryptSecret(pathSecrets[place], to: key, context))
      }
      nodes.append(
        UpdatePathNode(encryptionKey: publicKeys[place], encryptedPathSecret: ciphertexts))
    }
    return UpdatePath(leafNode: leafNode, nodes: nodes)
  }

  /// The path secret that a new member's Welcome carries: that of the lowest node above both it and
  /// the committer.
  package func pathSecret(for newMember: LeafIndex) -> SharedSecret? {
    steps.firstIndex { $0.copathChild.covers(newMember) }.map { pathSecrets[$0] }
  }
}

extension RatchetTree {
  /// Replaces the committer's leaf and the keys on its filtered direct path by fresh ones,
  /// RFC 9420 section 7.5.
  ///
  /// - Parameters:
  ///   - committer: The member who commits.
  ///   - random: Where the leaf's key and the first path secret come from.
  ///   - makeLeaf: Builds and signs the new leaf from its encryption key and parent hash.
  package mutating func stagePath(
    of committer: LeafIndex, random: some RandomSource,
    makeLeaf: (HPKEPublicKey, _ parentHash: [UInt8]) throws(MLSError) -> LeafNode
  ) throws(MLSError) -> StagedPath {
    guard size.contains(committer) else { throw .unknownMember }
    let steps = filteredDirectPath(of: committer)
    let leafKeys = try suite.generateKeyPair(from: random)
    let path = try PathSecrets(
      from: random.secret(suite.hashLength), count: steps.count, suite: suite)
    let publicKeys = path.keyPairs.map { HPKEPublicKey($0.publicKey) }
    let parentHash = setPath(of: committer, along: steps, keys: publicKeys)
    let leafNode = try makeLeaf(HPKEPublicKey(leafKeys.publicKey), parentHash)
    set(committer.node, to: .leaf(leafNode))
    var nodeKeys: [NodeIndex: HPKEPrivateKey] = [:]
    for (step, keyPair) in zip(steps, path.keyPairs) { nodeKeys[step.node] = keyPair.privateKey }
    return StagedPath(
      leafNode: leafNode,
      secrets: TreeSecrets(leaf: committer, leafKey: leafKeys.privateKey, nodeKeys: nodeKeys),
      steps: steps, path: path, publicKeys: publicKeys)
  }
}
