// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The place of a member among the leaves of the ratchet tree, counted from the left.
///
/// On the wire any `uint32` parses; whether a leaf of that index exists is asked of a ``TreeSize``.
public struct LeafIndex: Sendable, Hashable, Comparable, WireCodable {
  public let rawValue: UInt32

  public init(_ rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init(from reader: inout WireReader) throws(WireError) {
    rawValue = try reader.readUInt32()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(rawValue)
  }

  public static func < (lhs: LeafIndex, rhs: LeafIndex) -> Bool { lhs.rawValue < rhs.rawValue }
}
