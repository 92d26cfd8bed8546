// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The key that seals the records of one owner, 32 bytes.
public struct DataKey: Sendable {
  /// Size in bytes.
  public static let length = 32
  public let owner: KeyOwner
  /// Counts the data keys that this owner has had, from 1.
  public let generation: UInt32
  public let key: SharedSecret
}
