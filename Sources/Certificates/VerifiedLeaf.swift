// SPDX-License-Identifier: Apache-2.0

/// An MLS leaf whose whole chain has been checked; there is no other way to have one.
public struct VerifiedLeaf: Sendable, Hashable {
  public let device: VerifiedDevice
  /// The leaf's signature key, as it stands in the leaf node.
  public let leafKey: [UInt8]

  /// For ``LeafCertificate/verify(leafKey:relationship:)`` alone.
  init(device: VerifiedDevice, leafKey: [UInt8]) {
    self.device = device
    self.leafKey = leafKey
  }
}
