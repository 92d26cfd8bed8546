// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What becomes of a wish about a blob.
package enum BlobVerdict: Sendable, Hashable {
  case proceed
  /// It is so already: the same answer as the first time.
  case already
  case refuse(RelayError)
}
