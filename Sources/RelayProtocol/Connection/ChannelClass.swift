// SPDX-License-Identifier: Apache-2.0

/// What a channel is for, which sets its limits.
public enum ChannelClass: String, Sendable, Hashable, CaseIterable {
  /// Holds an invitation and its answer: 8 envelopes, 256 KiB, 14 days, and never turns.
  case intake
  case relationship
}
