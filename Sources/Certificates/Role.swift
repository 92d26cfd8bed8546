// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// On which side of a therapy relationship an identity stands; one byte on the wire.
public enum Role: UInt8, Sendable, Hashable, CaseIterable, WireEncodable, WireDecodable {
  case therapist = 1
  case client = 2

  public func encode(into writer: inout WireWriter) { writer.write(rawValue) }

  public init(from reader: inout WireReader) throws(WireError) {
    guard let role = Role(rawValue: try reader.readUInt8()) else { throw .invalidValue }
    self = role
  }
}
