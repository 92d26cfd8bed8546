// SPDX-License-Identifier: Apache-2.0

/// What a relay grants each channel, and how long it keeps what lies in it.
package struct StorePolicy: Sendable, Hashable {
  /// Appends per second and channel, when the burst is used up.
  package var appendsPerSecond: Int
  /// Appends that a channel may make at once after a rest.
  package var appendBurst: Int
  /// How long bodies of messages are kept, in days; nil for as long as the channel. Turns are always
  /// kept as long as the channel.
  package var retentionDays: Int?
  /// Bytes that stay free on the disk: below, nothing is written for members.
  package var freeBytes: UInt64
  /// Whether channels cost postage.
  package var requiresPostage: Bool

  package init(
    appendsPerSecond: Int = 20, appendBurst: Int = 60, retentionDays: Int? = nil,
    freeBytes: UInt64 = 256 << 20, requiresPostage: Bool = false
  ) {
    self.appendsPerSecond = appendsPerSecond
    self.appendBurst = appendBurst
    self.retentionDays = retentionDays
    self.freeBytes = freeBytes
    self.requiresPostage = requiresPostage
  }
}
