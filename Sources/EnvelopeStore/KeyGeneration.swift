// SPDX-License-Identifier: Apache-2.0

/// Counts the data keys that an owner has had; it is stored beside each record and bound into it.
public struct KeyGeneration: Hashable, Comparable, Sendable {
  /// The number as stored.
  public let value: UInt32

  /// The generation of an owner's first data key.
  public static let first = KeyGeneration(1)

  public init(_ value: UInt32) { self.value = value }

  /// The one after this; nil after four thousand million.
  public var next: KeyGeneration? {
    let (sum, overflow) = value.addingReportingOverflow(1)
    return overflow ? nil : KeyGeneration(sum)
  }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
