// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Asks for a member to be removed, RFC 9420 section 12.1.3.
public struct Remove: Hashable, Sendable, WireCodable {
  public var removed: LeafIndex

  public init(removed: LeafIndex) { self.removed = removed }

  public init(from reader: inout WireReader) throws(WireError) { removed = try reader.read() }

  public func encode(into writer: inout WireWriter) { writer.write(removed) }
}
