// SPDX-License-Identifier: Apache-2.0

package import Primitives
import WireFormat

/// The keys for the messages of an epoch, RFC 9420 section 9.
///
/// ```
///        G                encryption_secret; a node is replaced by its two children when one of
///      .-+-.              them is needed, a leaf by its two ratchets
///      E   F
///     / \ / \
///     A B C D
///          / \
///       HR0   AR0 --> AR1 --> ...     handshake, application
/// ```
///
/// What has been used, or leads to what has been used, is no longer here (section 9.2). Finding a key
/// and consuming it are two steps, so that a message which does not open costs nothing: see
/// ``stage(_:of:generation:settings:)``.
package struct SecretTree: Sendable {
  /// Which of a sender's two ratchets.
  package enum Kind: Sendable {
    case handshake, application

    package init(_ type: ContentType) {
      self = type == .application ? .application : .handshake
    }
  }

  fileprivate struct Ratchets: Sendable {
    var handshake: SenderRatchet
    var application: SenderRatchet
  }

  /// A key, and what taking it leaves behind.
  package struct Staged: Sendable {
    package let key: MessageKey
    fileprivate let leaf: LeafIndex
    fileprivate let ratchets: Ratchets
    /// Nodes that the derivation consumed.
    fileprivate var consumed: [NodeIndex] = []
    /// Their children that it did not.
    fileprivate var derived: [(node: NodeIndex, secret: SharedSecret)] = []
  }

  private let suite: CipherSuite
  private let size: TreeSize
  private var nodes: [NodeIndex: SharedSecret]
  private var ratchets: [LeafIndex: Ratchets] = [:]

  package init(encryptionSecret: SharedSecret, size: TreeSize, suite: CipherSuite) {
    self.suite = suite
    self.size = size
    nodes = [size.root: encryptionSecret]
  }

  /// Finds the key of a message without consuming it.
  ///
  /// - Parameter generation: That of a received message; nil for the next of one's own.
  package func stage(
    _ kind: Kind, of leaf: LeafIndex, generation: Generation?, settings: GroupSettings
  ) throws(MLSError) -> Staged {
    var (ratchets, consumed, derived) = try ratchets(of: leaf)
    let key: MessageKey
    switch (kind, generation) {
    case (.handshake, nil): key = try ratchets.handshake.take(suite: suite)
    case (.application, nil): key = try ratchets.application.take(suite: suite)
    case (.handshake, let generation?):
      key = try ratchets.handshake.take(
        generation, tolerance: settings.outOfOrderTolerance,
        forward: settings.maximumForwardDistance, suite: suite)
    case (.application, let generation?):
      key = try ratchets.application.take(
        generation, tolerance: settings.outOfOrderTolerance,
        forward: settings.maximumForwardDistance, suite: suite)
    }
    return Staged(
      key: key, leaf: leaf, ratchets: ratchets, consumed: consumed, derived: derived)
  }

  /// Forgets a key that has been used, and everything it follows from.
  package mutating func consume(_ staged: Staged) {
    for node in staged.consumed { nodes[node] = nil }
    for (node, secret) in staged.derived { nodes[node] = secret }
    ratchets[staged.leaf] = staged.ratchets
  }

  /// The ratchets of a leaf as they are, or derived from the lowest node above it that is left.
  private func ratchets(of leaf: LeafIndex) throws(MLSError) -> (
    Ratchets, consumed: [NodeIndex], derived: [(node: NodeIndex, secret: SharedSecret)]
  ) {
    if let known = ratchets[leaf] { return (known, [], []) }
    guard
      size.contains(leaf),
      var node = ([leaf.node] + size.directPath(of: leaf)).first(where: { nodes[$0] != nil }),
      var secret = nodes[node]
    else { throw .messageKeyUnavailable }
    var consumed = [node]
    var derived: [(node: NodeIndex, secret: SharedSecret)] = []
    while let left = node.left, let right = node.right {
      let key = DerivationKey(secret, suite: suite)
      let leftSecret = child(of: key, "left")
      let rightSecret = child(of: key, "right")
      if left.covers(leaf) {
        derived.append((right, rightSecret))
        (node, secret) = (left, leftSecret)
      } else {
        derived.append((left, leftSecret))
        (node, secret) = (right, rightSecret)
      }
    }
    consumed.append(node)
    let key = DerivationKey(secret, suite: suite)
    let ratchets = Ratchets(
      handshake: SenderRatchet(key.secret("handshake")),
      application: SenderRatchet(key.secret("application")))
    return (ratchets, consumed, derived)
  }

  private func child(of key: DerivationKey, _ side: String) -> SharedSecret {
    key.derive(label: "tree", context: Array(side.utf8), count: suite.hashLength)
  }

  /// The encryption secret, while nothing has been taken from the tree.
  var rootSecret: SharedSecret? { nodes[size.root] }

  // MARK: Stored state

  /// No fewer bytes than it takes when stored, with the longest hash and key of all suites.
  var storedCapacity: Int {
    96 * nodes.count
      + ratchets.values.reduce(64) {
        $0 + 256 + 96 * ($1.handshake.keptCount + $1.application.keptCount)
      }
  }

  func encodeExposingSecrets(into writer: inout WireWriter) {
    writer.write(UInt32(truncatingIfNeeded: size.leafCount))
    writer.writeVector { (inner: inout WireWriter) in
      for (node, secret) in nodes.sorted(by: { $0.key < $1.key }) {
        inner.write(UInt32(truncatingIfNeeded: node.rawValue))
        inner.writeSecret(secret)
      }
    }
    writer.writeVector { (inner: inout WireWriter) in
      for (leaf, ratchets) in ratchets.sorted(by: { $0.key < $1.key }) {
        inner.write(leaf)
        ratchets.handshake.encodeExposingSecrets(into: &inner)
        ratchets.application.encodeExposingSecrets(into: &inner)
      }
    }
  }

  init(exposedFrom reader: inout WireReader, suite: CipherSuite) throws(WireError) {
    self.suite = suite
    let leafCount = Int(try reader.readUInt32())
    guard let size = TreeSize(leafCount: leafCount), size.leafCount == leafCount else {
      throw .invalidValue
    }
    self.size = size
    var nodes: [NodeIndex: SharedSecret] = [:]
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        nodes[NodeIndex(Int(try inner.readUInt32()))] = try inner.readSecret()
      }
    }
    var ratchets: [LeafIndex: Ratchets] = [:]
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        ratchets[try inner.read()] = Ratchets(
          handshake: try SenderRatchet(exposedFrom: &inner),
          application: try SenderRatchet(exposedFrom: &inner))
      }
    }
    self.nodes = nodes
    self.ratchets = ratchets
  }
}
