// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How often something took how long, for each value of a closed label.
final class Durations: Sendable {
  /// Upper bounds of the buckets, in seconds.
  static let bounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  struct Row: Sendable {
    var counts = [UInt64](repeating: 0, count: Durations.bounds.count + 1)
    var sum = 0.0
  }

  let values: [String]
  private let rows: Mutex<[Row]>

  init(_ values: [String]) {
    self.values = values
    rows = Mutex([Row](repeating: Row(), count: values.count))
  }

  /// - Parameter index: of the label's value.
  func add(_ duration: Duration, at index: Int = 0) {
    let (whole, fraction) = duration.components
    let seconds = Double(whole) + Double(fraction) / 1e18
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    rows.withLock { rows in
      guard rows.indices.contains(index) else { return }
      rows[index].counts[bucket] &+= 1
      rows[index].sum += seconds
    }
  }

  var all: [Row] { rows.withLock { $0 } }
}
