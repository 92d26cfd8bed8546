// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How often something was how long or how many, for each value of a closed label.
final class Distribution: Sendable {
  /// Seconds, from half a millisecond to ten.
  static let seconds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// Counts, up to the largest batch of the writer.
  static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

  struct Row: Sendable {
    var counts: [UInt64]
    var sum = 0.0
  }

  /// Upper bounds of the buckets.
  let bounds: [Double]
  let values: [String]
  private let rows: Mutex<[Row]>

  init(_ bounds: [Double], of values: [String] = [""]) {
    self.bounds = bounds
    self.values = values
    let row = Row(counts: [UInt64](repeating: 0, count: bounds.count + 1))
    rows = Mutex([Row](repeating: row, count: values.count))
  }

  /// - Parameter index: of the label's value.
  func add(_ number: Double, at index: Int = 0) {
    let bucket = bounds.firstIndex { number <= $0 } ?? bounds.count
    rows.withLock { rows in
      guard rows.indices.contains(index) else { return }
      rows[index].counts[bucket] &+= 1
      rows[index].sum += number
    }
  }

  func add(_ duration: Duration, at index: Int = 0) {
    let (whole, fraction) = duration.components
    add(Double(whole) + Double(fraction) / 1e18, at: index)
  }

  var all: [Row] { rows.withLock { $0 } }
}
