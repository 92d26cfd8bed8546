// SPDX-License-Identifier: Apache-2.0

/// A member of a group.
public struct Member: Hashable, Sendable {
  public let index: LeafIndex
  public let leaf: LeafNode
}
