// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Memory taken from a bound; given back once, at the latest when nobody holds the permit any more.
final class Permit: Sendable {
  private let bytes: Int
  private let bound: BodyPermits
  private let isGiven = Atomic(false)

  /// Nil when there is no room.
  init?(of bytes: Int, from bound: BodyPermits) {
    guard bound.take(bytes) else { return nil }
    self.bytes = bytes
    self.bound = bound
  }

  func give() {
    if !isGiven.exchange(true, ordering: .relaxed) { bound.give(bytes) }
  }

  deinit { give() }
}
