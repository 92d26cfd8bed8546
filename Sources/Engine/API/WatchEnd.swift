// SPDX-License-Identifier: Apache-2.0

/// Why a `watch` returned.
public enum WatchEnd: Sendable {
  /// The relay asked to come back after so many milliseconds, or the stream ended.
  case reconnect(afterMilliseconds: UInt32)
  /// There is nobody to watch.
  case nothingToWatch
  /// The handler asked to stop.
  case stopped
}
