// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A step of a sender's ratchet, RFC 9420 section 9.1.
public struct Generation: Hashable, Comparable, Sendable, WireCodable {
  public let rawValue: UInt32

  public init(_ rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init(from reader: inout WireReader) throws(WireError) {
    rawValue = try reader.readUInt32()
  }

  public func encode(into writer: inout WireWriter) { writer.write(rawValue) }

  public static func < (lhs: Generation, rhs: Generation) -> Bool { lhs.rawValue < rhs.rawValue }
}
