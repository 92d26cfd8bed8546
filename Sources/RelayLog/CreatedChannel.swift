// SPDX-License-Identifier: Apache-2.0

/// What the creation of a channel came to.
package struct CreatedChannel: Sendable, Hashable {
  /// Whether it was made now; the same again is success.
  package let isNew: Bool
  /// The UTC day since 1970 after which the channel ends.
  package let lastDay: Int64?
}
