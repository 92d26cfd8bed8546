// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What somebody wants of a blob.
package enum BlobWish: Sendable, Hashable {
  case make
  /// Without a hash: asked before the part's bytes have been read.
  case part(PartIndex, PartHash?)
  case seal(BlobSeal)
  /// How far it is.
  case look
  case read
  case delete

  var changesNothing: Bool { self == .look || self == .read }

  var isPart: Bool { if case .part = self { true } else { false } }
}
