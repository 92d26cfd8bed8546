// SPDX-License-Identifier: Apache-2.0

import Histogram

/// Latencies, exact to three digits from a microsecond to a minute (HdrHistogram).
struct Latencies {
  private var histogram = Histogram<UInt64>(
    highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)

  var total: Int { Int(histogram.totalCount) }

  mutating func record(_ duration: Duration) {
    histogram.record(UInt64(min(60_000_000, max(1, duration.microseconds))))
  }

  /// The latency that `share` of all did not exceed, in microseconds.
  func percentile(_ share: Double) -> Double {
    total == 0 ? 0 : Double(histogram.valueAtPercentile(share * 100))
  }
}
