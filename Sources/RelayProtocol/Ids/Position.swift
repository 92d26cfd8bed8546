// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The place of an envelope in a channel, counted from 1; 0 is before the first.
public struct Position: Hashable, Sendable, Comparable, WireEncodable, WireDecodable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// The place behind this one, or nil at the end of all numbers.
  public var next: Position? {
    let (next, overflow) = value.addingReportingOverflow(1)
    return overflow ? nil : Position(next)
  }

  public static func < (a: Position, b: Position) -> Bool { a.value < b.value }

  public func encode(into writer: inout WireWriter) { writer.write(value) }
  public init(from reader: inout WireReader) throws(WireError) { value = try reader.readUInt64() }
}
