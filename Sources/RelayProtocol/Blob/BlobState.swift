// SPDX-License-Identifier: Apache-2.0

/// How far a blob is.
public enum BlobState: Sendable, Hashable {
  /// Parts are still coming; these are there.
  case open(PartSet)
  /// It can be read, and does not change any more.
  case sealed(BlobSeal)
}
