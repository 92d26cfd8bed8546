// SPDX-License-Identifier: Apache-2.0

/// What an append is judged by that does not lie in its channel.
package struct Circumstances: Sendable, Hashable {
  /// The channel has used up what it may append until some time has passed.
  package var isOverRate = false
  /// Too many appends of the channel came to nothing new until some time has passed.
  package var isOverRepeats = false
  /// The channel's lock has turned within the last minute.
  package var hasTurnedLately = false
  /// Less is free on the disk than must stay free.
  package var isDiskLow = false
  /// The store comes from a backup, and its members have not had the time yet to put back what is
  /// missing.
  package var isRecovering = false

  package init() {}
}
