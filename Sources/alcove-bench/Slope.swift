// SPDX-License-Identifier: Apache-2.0

/// A straight line through samples, by least squares.
struct Slope {
  /// The samples' own unit, in an hour.
  let perHour: Double
  /// The standard error of it.
  let error: Double

  /// - Parameter samples: (seconds, value), at least three.
  init(_ samples: [(Double, Double)]) {
    let count = Double(samples.count)
    let meanX = samples.reduce(0) { $0 + $1.0 } / count
    let meanY = samples.reduce(0) { $0 + $1.1 } / count
    let spread = samples.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
    let slope = samples.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / max(spread, 1e-9)
    let rest = samples.reduce(0) { sum, sample in
      let difference = sample.1 - meanY - slope * (sample.0 - meanX)
      return sum + difference * difference
    }
    perHour = slope * 3_600
    error = (rest / max(count - 2, 1) / max(spread, 1e-9)).squareRoot() * 3_600
  }
}
