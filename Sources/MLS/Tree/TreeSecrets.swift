// SPDX-License-Identifier: Apache-2.0

package import Primitives
import WireFormat

/// What one member knows of the ratchet tree's private keys: that of its own leaf, and those of the
/// nodes above it from which it is not unmerged (RFC 9420 section 4.2).
///
/// A value like the tree. The secrets themselves are shared between copies and wiped when the last
/// copy that holds them goes.
package struct TreeSecrets: Sendable {
  /// The member whose secrets these are.
  package let leaf: LeafIndex
  /// The private key of the leaf.
  let leafKey: HPKEPrivateKey
  /// The private keys of ancestors.
  let nodeKeys: [NodeIndex: HPKEPrivateKey]

  package init(
    leaf: LeafIndex, leafKey: HPKEPrivateKey, nodeKeys: [NodeIndex: HPKEPrivateKey]
  ) {
    self.leaf = leaf
    self.leafKey = leafKey
    self.nodeKeys = nodeKeys
  }

  /// The secrets of a member of whom no ancestor's key is known, as of the founder of a group.
  package init(leaf: LeafIndex, leafKey: HPKEPrivateKey) {
    self.init(leaf: leaf, leafKey: leafKey, nodeKeys: [:])
  }

  /// The private key of a node, if this member holds it.
  func privateKey(of node: NodeIndex) -> HPKEPrivateKey? {
    node == leaf.node ? leafKey : nodeKeys[node]
  }

  /// The same without the keys of nodes that have become blank: an outdated key is deleted, RFC 9420
  /// section 7.5.
  package func pruned(to tree: RatchetTree) -> TreeSecrets {
    TreeSecrets(
      leaf: leaf, leafKey: leafKey,
      nodeKeys: nodeKeys.filter { tree.parent(at: $0.key) != nil })
  }

  /// The same with another key at the leaf, when an Update of one's own has been committed.
  package func replacingLeafKey(_ key: HPKEPrivateKey) -> TreeSecrets {
    TreeSecrets(leaf: leaf, leafKey: key, nodeKeys: nodeKeys)
  }

  /// Whether every key held here belongs to the public one at its place in the tree.
  package func isConsistent(with tree: RatchetTree) -> Bool {
    (nodeKeys.map { ($0.key, $0.value) } + [(leaf.node, leafKey)]).allSatisfy { node, key in
      guard let publicKey = try? key.publicKey() else { return false }
      return tree[node]?.encryptionKey.bytes == publicKey
    }
  }

  // MARK: Serialising, for sealed state only

  /// Writes the secrets in the clear, for state that its owner seals.
  func encodeExposingSecrets(into writer: inout WireWriter) {
    writer.write(leaf)
    writer.writeSecret(leafKey.secret)
    writer.writeVector { (inner: inout WireWriter) in
      for (node, key) in nodeKeys.sorted(by: { $0.key < $1.key }) {
        inner.write(UInt32(truncatingIfNeeded: node.rawValue))
        inner.writeSecret(key.secret)
      }
    }
  }

  /// Reads what ``encodeExposingSecrets(into:)`` wrote.
  init(exposedFrom reader: inout WireReader, suite: CipherSuite) throws(WireError) {
    leaf = try reader.read()
    leafKey = try reader.readPrivateKey(suite)
    var keys: [NodeIndex: HPKEPrivateKey] = [:]
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        let node = NodeIndex(Int(try inner.readUInt32()))
        guard keys.updateValue(try inner.readPrivateKey(suite), forKey: node) == nil else {
          throw .invalidValue
        }
      }
    }
    nodeKeys = keys
  }
}
