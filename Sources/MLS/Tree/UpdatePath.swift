// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The committer's fresh leaf and the fresh keys above it, RFC 9420 section 7.6.
///
/// ```
/// struct {
///     LeafNode leaf_node;
///     UpdatePathNode nodes<V>;
/// } UpdatePath;
/// ```
public struct UpdatePath: Hashable, Sendable, WireCodable {
  public var leafNode: LeafNode
  public var nodes: [UpdatePathNode]

  public init(leafNode: LeafNode, nodes: [UpdatePathNode]) {
    self.leafNode = leafNode
    self.nodes = nodes
  }

  public init(from reader: inout WireReader) throws(WireError) {
    leafNode = try reader.read()
    nodes = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(leafNode)
    writer.writeVector(nodes)
  }
}
