// SPDX-License-Identifier: Apache-2.0

/// How fast channels append, in memory alone: a bucket for each channel that is not at rest.
struct AppendRates {
  /// A turn after so long a pause is free: it may be a withdrawal of consent.
  static let turnPause: Int64 = 60_000

  private struct Bucket {
    /// Appends that may be made at `time`.
    var level: Double
    var time: Int64
    var lastTurn: Int64?
  }

  private let perSecond: Double
  private let burst: Double
  private var buckets: [Int64: Bucket] = [:]
  private var sweepAt = 4_096

  init(_ policy: StorePolicy) {
    perSecond = Double(policy.appendsPerSecond)
    burst = Double(policy.appendBurst)
  }

  /// How many channels are remembered.
  var count: Int { buckets.count }

  /// - Parameter now: milliseconds of a clock that never goes back.
  func isOver(_ channel: Int64, now: Int64) -> Bool { level(buckets[channel], now) < 1 }

  func hasTurnedLately(_ channel: Int64, now: Int64) -> Bool {
    buckets[channel]?.lastTurn.map { now - $0 < Self.turnPause } ?? false
  }

  /// Counts an append that was taken.
  mutating func take(_ channel: Int64, turns: Bool, now: Int64) {
    let bucket = buckets[channel]
    buckets[channel] = Bucket(
      level: max(0, level(bucket, now) - 1), time: now, lastTurn: turns ? now : bucket?.lastTurn)
    // Channels at rest are as good as unknown. The next look is due when as many again have come.
    if buckets.count >= sweepAt {
      buckets = buckets.filter { _, bucket in
        level(bucket, now) < burst || bucket.lastTurn.map { now - $0 < Self.turnPause } ?? false
      }
      sweepAt = max(4_096, 2 * buckets.count)
    }
  }

  private func level(_ bucket: Bucket?, _ now: Int64) -> Double {
    guard let bucket else { return burst }
    return min(burst, bucket.level + Double(now - bucket.time) / 1_000 * perSecond)
  }
}
