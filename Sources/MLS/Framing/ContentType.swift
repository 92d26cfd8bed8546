// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What a framed message carries, RFC 9420 section 6.
public enum ContentType: UInt8, Hashable, Sendable, WireCodable {
  case application = 1
  case proposal = 2
  case commit = 3

  public init(from reader: inout WireReader) throws(WireError) {
    guard let type = ContentType(rawValue: try reader.readUInt8()) else { throw .invalidValue }
    self = type
  }

  public func encode(into writer: inout WireWriter) { writer.write(rawValue) }
}
