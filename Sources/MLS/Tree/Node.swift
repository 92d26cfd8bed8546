// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A node of the ratchet tree that is not blank, RFC 9420 section 12.4.3.3.
///
/// ```
/// struct {
///     NodeType node_type;
///     select (Node.node_type) {
///         case leaf:   LeafNode leaf_node;
///         case parent: ParentNode parent_node;
///     };
/// } Node;
/// ```
///
/// Indirect, so that copying a tree copies one reference per node.
public indirect enum Node: Sendable, Hashable, WireCodable {
  case leaf(LeafNode)
  case parent(ParentNode)

  public init(from reader: inout WireReader) throws(WireError) {
    switch NodeType(rawValue: try reader.readUInt8()) {
    case .leaf: self = .leaf(try reader.read())
    case .parent: self = .parent(try reader.read())
    case nil: throw .invalidValue
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .leaf(let leaf):
      writer.write(NodeType.leaf.rawValue)
      writer.write(leaf)
    case .parent(let parent):
      writer.write(NodeType.parent.rawValue)
      writer.write(parent)
    }
  }

  var leaf: LeafNode? {
    if case .leaf(let leaf) = self { leaf } else { nil }
  }

  var parent: ParentNode? {
    if case .parent(let parent) = self { parent } else { nil }
  }

  /// The key to which the node's holders can be reached.
  var encryptionKey: HPKEPublicKey {
    switch self {
    case .leaf(let leaf): leaf.encryptionKey
    case .parent(let parent): parent.encryptionKey
    }
  }

  /// The parent hash the node carries: none for a leaf that no Commit has set.
  var parentHash: [UInt8]? {
    switch self {
    case .leaf(let leaf): leaf.parentHash
    case .parent(let parent): parent.parentHash
    }
  }
}

/// RFC 9420 section 7.8.
enum NodeType: UInt8 {
  case leaf = 1
  case parent = 2
}
