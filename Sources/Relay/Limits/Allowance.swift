// SPDX-License-Identifier: Apache-2.0

/// So much in a time, all at once or evenly: a bucket that fills again.
struct Allowance: Sendable {
  let capacity: Double
  /// What comes back in a second.
  let rate: Double
  private var left: Double
  private var counted: ContinuousClock.Instant

  init(_ count: Int, inSeconds seconds: Double, now: ContinuousClock.Instant) {
    capacity = Double(count)
    rate = Double(count) / seconds
    left = Double(count)
    counted = now
  }

  /// Takes one; false when there is none.
  mutating func take(now: ContinuousClock.Instant) -> Bool {
    fill(now)
    guard left >= 1 else { return false }
    left -= 1
    return true
  }

  /// Takes one, also where there is none: what was begun before that was known is owed, and comes back first.
  /// No more is ever owed than there is room for: neighbours of an address wait twice as long and not for hours.
  mutating func owe(now: ContinuousClock.Instant) {
    fill(now)
    left = max(-capacity, left - 1)
  }

  /// Whether there is one to be taken.
  mutating func isLeft(now: ContinuousClock.Instant) -> Bool {
    fill(now)
    return left >= 1
  }

  /// Whether nothing is remembered that would be worth the memory.
  mutating func isFull(now: ContinuousClock.Instant) -> Bool {
    fill(now)
    return left >= capacity
  }

  private mutating func fill(_ now: ContinuousClock.Instant) {
    let (whole, fraction) = (now - counted).components
    let seconds = Double(whole) + Double(fraction) / 1e18
    left = min(capacity, left + max(0, seconds) * rate)
    counted = now
  }
}
