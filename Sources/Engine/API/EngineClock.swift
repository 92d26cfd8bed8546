// SPDX-License-Identifier: Apache-2.0

/// Where the time comes from; the engine reads no other clock, and sets a timer only while it watches.
public protocol EngineClock: Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  func now() -> Int64
}
