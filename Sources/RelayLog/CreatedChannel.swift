// SPDX-License-Identifier: Apache-2.0

/// What the creation of a channel, or more time for it, came to.
package struct CreatedChannel: Sendable, Hashable {
  /// Whether it was made now; the same again is success.
  package let isNew: Bool
  /// The UTC day since 1970 after which the channel ends.
  package let lastDay: Int64?
  /// Whether a token was spent by this, or had been before; nil where nothing was to be paid.
  package let payment: Judgement.Payment?
}
