// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import WireFormat

/// T of an epoch, 32 bytes: reads a channel and appends messages.
public struct AccessToken: Sendable, WireEncodable, WireDecodable {
  /// Size in bytes.
  public static let length = 32
  /// Held back from descriptions; shown to the relay and to nobody else.
  public let secret: SharedSecret

  /// Refuses another size than 32 bytes.
  public init(_ secret: SharedSecret) throws(WireError) {
    guard secret.count == Self.length else { throw .invalidValue }
    self.secret = secret
  }

  /// Refuses another size than 32 bytes.
  public init(bytes: [UInt8]) throws(WireError) {
    try self.init(SharedSecret(bytes))
  }

  public init(random: some RandomSource) { secret = random.secret(Self.length) }

  /// What the relay keeps in its place.
  public var hash: TokenHash { TokenHash(checked: Digest.sha256(secret.exposedBytes())) }

  /// In time that does not depend on the bytes.
  public func equals(_ other: AccessToken) -> Bool { secret.equals(other.secret) }

  public func encode(into writer: inout WireWriter) {
    var bytes = secret.exposedBytes()
    defer { bytes.wipe() }
    writer.writeFixed(bytes)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    var bytes = try reader.readFixed(Self.length)
    secret = SharedSecret(wiping: &bytes)
  }
}
