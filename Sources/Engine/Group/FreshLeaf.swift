// SPDX-License-Identifier: Apache-2.0

internal import MLS

/// A leaf of this device: a signature key made for one epoch on, and the chain that certifies it.
struct FreshLeaf: Sendable {
  let parameters: LeafParameters
  /// The serial of the device that certified it.
  let serial: UInt64
}
