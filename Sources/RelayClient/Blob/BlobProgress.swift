// SPDX-License-Identifier: Apache-2.0

/// How much of a content is through, in bytes.
public struct BlobProgress: Sendable, Hashable {
  public let done: UInt64
  public let total: UInt64
}
