// SPDX-License-Identifier: Apache-2.0

/// Latencies, exact to 2 % over the whole range from a microsecond to a minute.
struct Histogram {
  private static let perDoubling = 32
  private var counts = [Int](repeating: 0, count: 32 * perDoubling)
  private(set) var total = 0

  mutating func record(_ duration: Duration) {
    counts[Self.bucket(duration.microseconds)] += 1
    total += 1
  }

  mutating func merge(_ other: Histogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    total += other.total
  }

  /// The latency that `share` of all did not exceed, in microseconds.
  func percentile(_ share: Double) -> Double {
    let wanted = Int((Double(total) * share).rounded(.up))
    var seen = 0
    for (index, count) in counts.enumerated() {
      seen += count
      if seen >= wanted, count > 0 { return Self.upperBound(index) }
    }
    return 0
  }

  private static func bucket(_ microseconds: Double) -> Int {
    let whole = UInt64(max(1, microseconds))
    let doubling = min(31, 63 - whole.leadingZeroBitCount)
    let base = Double(UInt64(1) << UInt64(doubling))
    let within = max(0, microseconds - base) / base * Double(perDoubling)
    return doubling * perDoubling + min(perDoubling - 1, Int(within))
  }

  private static func upperBound(_ index: Int) -> Double {
    var base = 1.0
    for _ in 0..<(index / perDoubling) { base *= 2 }
    return base * (1 + Double(index % perDoubling + 1) / Double(perDoubling))
  }
}
