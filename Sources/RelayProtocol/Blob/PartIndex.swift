// SPDX-License-Identifier: Apache-2.0

/// The place of a part in its blob, counted from 0.
public struct PartIndex: Hashable, Sendable, Comparable {
  /// Size of a part in bytes, as it lies at the relay.
  public static let partLength = 1 << 20
  /// The most parts of one blob, which are 8 GiB.
  public static let maximumCount: UInt32 = 8_192

  /// Below ``maximumCount``.
  public let value: UInt32

  /// Nil for a place that no blob has.
  public init?(_ value: UInt64) {
    guard value < UInt64(Self.maximumCount) else { return nil }
    self.value = UInt32(value)
  }

  public static func < (a: PartIndex, b: PartIndex) -> Bool { a.value < b.value }
}
