// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What the store says of a blob.
package enum BlobStage: Sendable, Hashable {
  case open
  /// Sealed when the log ended at `at`.
  case sealed(BlobSeal, at: Position)
  /// Taken away by a member, by its days or because it was never sealed; `sealedAt` if it ever was.
  case gone(sealedAt: Position?)

  var sealedAt: Position? {
    switch self {
    case .open: nil
    case .sealed(_, let position): position
    case .gone(let position): position
    }
  }
}
