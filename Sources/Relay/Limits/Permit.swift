// SPDX-License-Identifier: Apache-2.0

/// What was taken from a bound; given back at the latest when nobody holds the permit any more.
final class Permit: Sendable {
  private let number: UInt64
  private let bound: FairBound

  init(_ number: UInt64, from bound: FairBound) {
    self.number = number
    self.bound = bound
  }

  /// Takes more; false when there is no room.
  func add(_ bytes: Int) -> Bool { bound.add(bytes, to: number) }

  /// Holds so much from now on; false when there is no room for more.
  func fit(_ bytes: Int) -> Bool { bound.fit(bytes, number) }

  /// Says that it is not held for nothing.
  func progress() { bound.progress(number) }

  /// Says that it is not the peer that is waited for, until there is progress.
  func hold() { bound.hold(number) }

  func give() { bound.give(number) }

  deinit { give() }
}
