// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Asks for the sender's leaf to be replaced, RFC 9420 section 12.1.2.
public struct Update: Hashable, Sendable, WireCodable {
  public var leafNode: LeafNode

  public init(leafNode: LeafNode) { self.leafNode = leafNode }

  public init(from reader: inout WireReader) throws(WireError) { leafNode = try reader.read() }

  public func encode(into writer: inout WireWriter) { writer.write(leafNode) }
}
