// SPDX-License-Identifier: Apache-2.0

extension Hasher {
  /// Feeds all bytes at once: an array by itself is fed byte by byte, which for the keys of a large
  /// post-quantum group is a sixth of all that joining costs.
  public mutating func combine(octets: [UInt8]) {
    unsafe octets.withUnsafeBytes { unsafe combine(bytes: $0) }
  }
}
