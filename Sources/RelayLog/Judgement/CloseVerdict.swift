// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What becomes of the wish to end a channel.
package enum CloseVerdict: Sendable, Hashable {
  case close
  /// It has been done.
  case closedBefore
  case refuse(RelayError)
}
