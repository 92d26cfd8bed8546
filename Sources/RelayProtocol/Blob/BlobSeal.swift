// SPDX-License-Identifier: Apache-2.0

/// What ends the upload of a blob: how many parts it has, and the hash over their hashes.
public struct BlobSeal: Sendable, Hashable {
  /// At least 1, at most ``PartIndex/maximumCount``.
  public let parts: UInt32
  public let hash: BlobHash

  /// Nil for a number of parts that no blob has.
  public init?(parts: UInt64, hash: BlobHash) {
    guard (1...UInt64(PartIndex.maximumCount)).contains(parts) else { return nil }
    self.parts = UInt32(parts)
    self.hash = hash
  }

  /// The seal of these parts, in their order; nil for none or too many.
  public init?(of parts: [PartHash]) {
    self.init(parts: UInt64(parts.count), hash: BlobHash(parts: parts))
  }

  /// Size of the whole blob in bytes, as it lies at the relay.
  public var length: UInt64 { UInt64(parts) * UInt64(PartIndex.partLength) }
}
