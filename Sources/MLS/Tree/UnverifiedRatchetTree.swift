// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A ratchet tree as it came in, of which only the shape is known to be right.
///
/// ```
/// optional<Node> ratchet_tree<V>;
/// ```
///
/// RFC 9420 section 12.4.3.3. The one way from here to a ``RatchetTree`` that is used for anything is
/// through its validation.
public struct UnverifiedRatchetTree: Sendable, Hashable, WireCodable {
  /// The smallest perfect tree that holds all nodes.
  let size: TreeSize
  /// The nodes as listed, without the blanks that follow the last one.
  let nodes: [Node?]

  public init(from reader: inout WireReader) throws(WireError) {
    var nodes: [Node?] = []
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        // Every entry takes at least one byte, and there is a bound besides, before the array grows.
        guard nodes.count < 2 * TreeSize.maximumLeafCount else { throw .tooLong }
        let node: Node? = try inner.readOptional()
        switch (node, nodes.count.isMultiple(of: 2)) {
        case (.leaf?, false), (.parent?, true):
          // RFC 9420 §12.4.3.3
          throw .invalidValue
        default:
          nodes.append(node)
        }
      }
    }
    // RFC 9420 §12.4.3.3
    guard case .some(.some) = nodes.last, let size = TreeSize(nodeCount: nodes.count) else {
      throw .invalidValue
    }
    self.size = size
    self.nodes = nodes
  }

  /// The outgoing form of a tree.
  public init(_ tree: RatchetTree) {
    size = tree.size
    nodes = Array(tree.nodes[...(tree.nodes.lastIndex { $0 != nil } ?? 0)])
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeVector { (inner: inout WireWriter) in
      for node in nodes { inner.writeOptional(node) }
    }
  }

  /// The same tree, blanks filled up, and nothing checked.
  ///
  /// For tests and tools that look at trees; a group is only ever made of a validated one.
  package func assumingValid(suite: CipherSuite) -> RatchetTree {
    RatchetTree(
      suite: suite, size: size,
      nodes: nodes + Array(repeating: nil, count: size.nodeCount - nodes.count))
  }
}
