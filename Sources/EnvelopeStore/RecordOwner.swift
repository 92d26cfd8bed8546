// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Whose data key seals a record: the random 16-byte id of a relationship or of the profile.
///
/// It lies in the clear in the database, so it must be random and mean nothing elsewhere.
public struct RecordOwner: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// Bytes in an owner id.
  public static let count = 16

  /// Reads an id; nil unless it has exactly 16 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.count else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
    }
    self.high = high
    self.low = low
  }

  /// Draws a fresh id.
  public init(random: some RandomSource) {
    var number: (UInt64, UInt64) = (0, 0)
    for byte in random.bytes(8) { number.0 = number.0 << 8 | UInt64(byte) }
    for byte in random.bytes(8) { number.1 = number.1 << 8 | UInt64(byte) }
    (high, low) = number
  }

  /// The 16 bytes.
  public var bytes: [UInt8] {
    high.bigEndianBytes + low.bigEndianBytes
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension UInt64 {
  /// Eight bytes, most significant first, so that numbers sort as byte strings.
  var bigEndianBytes: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * UInt64($0))) }
  }
}
