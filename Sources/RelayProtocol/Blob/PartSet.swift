// SPDX-License-Identifier: Apache-2.0

/// Which parts of a blob a relay has: bit k mod 8 of byte k / 8, the least significant bit first.
public struct PartSet: Sendable, Hashable {
  /// Without zero bytes at its end, but for the one byte of an empty set.
  public private(set) var bytes: [UInt8]
  private static let maximumLength = Int(PartIndex.maximumCount / 8)

  /// No part at all.
  public init() { bytes = [0] }

  /// Nil for bytes that are not the one spelling of a set.
  public init?(bytes: [UInt8]) {
    guard (1...Self.maximumLength).contains(bytes.count), bytes.count == 1 || bytes.last != 0 else {
      return nil
    }
    self.bytes = bytes
  }

  public mutating func insert(_ part: PartIndex) {
    let byte = Int(part.value / 8)
    while bytes.count <= byte { bytes.append(0) }
    bytes[byte] |= 1 << (part.value % 8)
  }

  public func contains(_ part: PartIndex) -> Bool {
    let byte = Int(part.value / 8)
    return byte < bytes.count && bytes[byte] & 1 << (part.value % 8) != 0
  }

  public var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }
}
