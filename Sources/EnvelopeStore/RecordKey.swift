// SPDX-License-Identifier: Apache-2.0

/// A row's key within a table and owner: up to 64 bytes, ordered byte by byte.
///
/// It lies in the clear: random ids and sequence numbers, never a name, a time or a hash of either.
public struct RecordKey: Hashable, Comparable, Sendable {
  /// The bytes, as stored and compared.
  public let bytes: [UInt8]

  /// The longest key.
  public static let maximumCount = 64

  /// The key of a table that has one row per owner.
  public static let only = RecordKey([])

  /// A random id or another byte string.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A sequence number, position, epoch or index; sorts by value.
  public init(_ number: UInt64) { bytes = number.bigEndianBytes }

  /// The number from which the key was made; nil if it was made from other bytes.
  public var number: UInt64? {
    guard bytes.count == 8 else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
