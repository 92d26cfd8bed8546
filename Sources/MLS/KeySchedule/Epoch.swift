// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The number of a group's state, one more with each Commit; RFC 9420 section 12.
public struct Epoch: Hashable, Comparable, Sendable, WireCodable {
  public let rawValue: UInt64

  public init(_ rawValue: UInt64) {
    self.rawValue = rawValue
  }

  public init(from reader: inout WireReader) throws(WireError) {
    rawValue = try reader.readUInt64()
  }

  public func encode(into writer: inout WireWriter) { writer.write(rawValue) }

  /// The epoch after this one; nil after the last.
  var next: Epoch? { rawValue == .max ? nil : Epoch(rawValue + 1) }

  public static func < (lhs: Epoch, rhs: Epoch) -> Bool { lhs.rawValue < rhs.rawValue }
}
