// SPDX-License-Identifier: Apache-2.0

/// What one kind of honest request took in quiet and beside an abuse, round by round.
///
/// The machine's speed wanders from second to second: a round compares its own two halves, and the median of the
/// rounds is what counts.
struct AbuseRounds {
  private var p50s: [Double] = []
  private var quietP99s: [Double] = []
  private var p99s: [Double] = []
  private var refused = 0

  mutating func add(quiet: LoadOutcome, _ outcome: LoadOutcome) {
    p50s.append(outcome.histogram.percentile(0.5))
    quietP99s.append(quiet.histogram.percentile(0.99))
    p99s.append(outcome.histogram.percentile(0.99))
    refused += outcome.refused
  }

  /// Microseconds.
  var p50: Double { p50s.median }

  /// p99 in quiet, p99 beside the abuse, the median of the ratios, their range, and how many were refused.
  var columns: [String] {
    let ratios = zip(p99s, quietP99s).map { $0 / $1 }.sorted()
    return [
      figure(quietP99s.median, 0), figure(p99s.median, 0),
      figure(ratios.median, 2),
      "\(figure(ratios.first ?? 0, 1)) .. \(figure(ratios.last ?? 0, 1))", "\(refused)",
    ]
  }
}
