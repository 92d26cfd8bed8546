// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import WireFormat

/// Whose keys: the random 16-byte id of a relationship's records or of the profile's own.
///
/// It is the record owner of the store, and means nothing anywhere else.
public struct KeyOwner: Sendable, Hashable, WireEncodable, WireDecodable {
  /// Size in bytes.
  public static let length = 16
  public let bytes: [UInt8]

  /// Nil for another size than 16 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  public init(random: some RandomSource) { bytes = random.bytes(Self.length) }

  public func encode(into writer: inout WireWriter) { writer.writeFixed(bytes) }

  public init(from reader: inout WireReader) throws(WireError) {
    bytes = try reader.readFixed(Self.length)
  }
}
