// SPDX-License-Identifier: Apache-2.0

/// Why the relay ends a stream.
public enum ByeReason: UInt8, Sendable, Hashable, CaseIterable {
  /// The relay is going down.
  case drain = 0
  /// The stream is as old as streams get.
  case age = 1
  /// The reader does not read.
  case slow = 2
}
