// SPDX-License-Identifier: Apache-2.0

/// Why one subscription of a stream is refused.
public enum RefusalCode: UInt8, Sendable, Hashable, CaseIterable {
  /// No such channel, or a token that is none of its own: the same answer to both.
  case noSuchChannel = 0
  /// The position asked for lies behind what the token may read.
  case beyondHead = 1
  /// What the relay has of this channel is damaged there: only its operator can help.
  case damaged = 2
  /// Too many wrong tokens came from this address: nothing is said about this one.
  case limited = 3
}
