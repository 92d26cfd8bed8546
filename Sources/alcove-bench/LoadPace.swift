// SPDX-License-Identifier: Apache-2.0

/// When requests are due.
enum LoadPace {
  /// The next as soon as the last is answered.
  case closed
  /// So many per second, answered or not; those that find no idle connection wait for one, and their
  /// latency counts from when they were due.
  case open(perSecond: Double)
}
