// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The Ed25519 public key of one installation, 32 bytes, certified by an identity.
public struct DeviceKey: Sendable, Hashable, WireEncodable, WireDecodable {
  /// Size in bytes.
  public static let length = 32
  public let bytes: [UInt8]

  /// Nil for another size than 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  public func encode(into writer: inout WireWriter) { writer.writeFixed(bytes) }

  public init(from reader: inout WireReader) throws(WireError) {
    bytes = try reader.readFixed(Self.length)
  }
}
