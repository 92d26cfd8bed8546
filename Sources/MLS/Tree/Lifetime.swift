// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// When a KeyPackage may be used, in seconds since 1970, both ends included; RFC 9420 section 7.2.
public struct Lifetime: Hashable, Sendable, WireCodable {
  public var notBefore: UInt64
  public var notAfter: UInt64

  public init(notBefore: UInt64, notAfter: UInt64) {
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  public init(from reader: inout WireReader) throws(WireError) {
    notBefore = try reader.readUInt64()
    notAfter = try reader.readUInt64()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(notBefore)
    writer.write(notAfter)
  }

  public func contains(_ time: UInt64) -> Bool { notBefore <= time && time <= notAfter }

  /// The length in seconds; nil where the end lies before the beginning.
  public var duration: UInt64? {
    let (difference, overflow) = notAfter.subtractingReportingOverflow(notBefore)
    return overflow ? nil : difference
  }
}
