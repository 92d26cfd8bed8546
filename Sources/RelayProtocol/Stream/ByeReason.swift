// SPDX-License-Identifier: Apache-2.0

/// Why the relay ends a stream.
public enum ByeReason: UInt8, Sendable, Hashable, CaseIterable {
  /// The relay is going down.
  case drain = 0
  /// The stream is as old as streams get.
  case age = 1
  /// The reader does not read. Kept for relays that can say so: this one closes, since nobody would hear it.
  case slow = 2
}
