// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Orders the devices of one identity: certificates have no end date, and whatever comes under a
/// lower serial than one already seen from that identity is refused.
public struct DeviceSerial: Sendable, Hashable, Comparable, WireEncodable, WireDecodable {
  /// The first device of an identity.
  public static let first = DeviceSerial(1)
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// The serial of the device that replaces this one, or nil at the end of all numbers.
  public var next: DeviceSerial? {
    let (value, overflow) = value.addingReportingOverflow(1)
    return overflow ? nil : DeviceSerial(value)
  }

  public static func < (a: DeviceSerial, b: DeviceSerial) -> Bool { a.value < b.value }

  public func encode(into writer: inout WireWriter) { writer.write(value) }

  public init(from reader: inout WireReader) throws(WireError) {
    value = try reader.readUInt64()
  }
}
