// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// How a leaf came to be, with what only that way needs; RFC 9420 section 7.2.
public enum LeafNodeSource: Hashable, Sendable, WireCodable {
  case keyPackage(Lifetime)
  case update
  case commit(parentHash: [UInt8])

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.readUInt8() {
    case 1: self = .keyPackage(try reader.read())
    case 2: self = .update
    case 3: self = .commit(parentHash: try reader.readOpaque())
    default: throw .invalidValue
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .keyPackage(let lifetime):
      writer.write(UInt8(1))
      writer.write(lifetime)
    case .update:
      writer.write(UInt8(2))
    case .commit(let parentHash):
      writer.write(UInt8(3))
      writer.writeOpaque(parentHash)
    }
  }
}
