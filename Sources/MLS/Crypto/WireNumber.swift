// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A code point of an IANA registry: any number parses, the known ones have names.
public protocol WireNumber: RawRepresentable, Hashable, Sendable, WireCodable
where RawValue: FixedWidthInteger & WireCodable {
  init(rawValue: RawValue)
}

extension WireNumber {
  public init(from reader: inout WireReader) throws(WireError) {
    self.init(rawValue: try RawValue(from: &reader))
  }

  public func encode(into writer: inout WireWriter) { rawValue.encode(into: &writer) }
}

extension WireNumber where RawValue == UInt16 {
  /// Whether the value is one of those that RFC 9420 section 13.5 reserves to be ignored.
  public var isGREASE: Bool {
    rawValue & 0x0f0f == 0x0a0a && rawValue >> 8 == rawValue & 0xff && rawValue != 0xfafa
  }
}
