// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The random id of a relationship, 16 bytes, fixed by line 0.
///
/// The relay never sees it.
public struct RelationshipID: Hashable, Sendable {
  public static let byteCount = 16
  public let bytes: [UInt8]

  /// Nil unless there are 16 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// A new one.
  public init(random: some RandomSource) {
    bytes = random.bytes(Self.byteCount)
  }

  /// Base64url, as it stands in lines and exports.
  public var text: String { Encoded.text(bytes) }
}
