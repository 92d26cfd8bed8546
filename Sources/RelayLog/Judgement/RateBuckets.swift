// SPDX-License-Identifier: Apache-2.0

/// A bucket for each key that is not at rest: so much at once, and so much a second.
struct RateBuckets<Key: Hashable> {
  private let perSecond: Double
  private let burst: Double
  /// How much was left at which time.
  private var levels: [Key: (level: Double, time: Int64)] = [:]
  private var sweepAt = 4_096

  init(perSecond: Int, burst: Int) {
    self.perSecond = Double(perSecond)
    self.burst = Double(burst)
  }

  /// How many keys are remembered.
  var count: Int { levels.count }

  /// - Parameter now: milliseconds of a clock that never goes back.
  func isEmpty(_ key: Key, now: Int64) -> Bool { level(key, now) < 1 }

  mutating func take(_ key: Key, now: Int64) {
    levels[key] = (max(0, level(key, now) - 1), now)
    // Keys at rest are as good as unknown. The next look is due when as many again have come.
    if levels.count >= sweepAt {
      levels = levels.filter { level($0.key, now) < burst }
      sweepAt = max(4_096, 2 * levels.count)
    }
  }

  private func level(_ key: Key, _ now: Int64) -> Double {
    guard let (level, time) = levels[key] else { return burst }
    return min(burst, level + Double(now - time) / 1_000 * perSecond)
  }
}
