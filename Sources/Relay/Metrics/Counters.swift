// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Numbers that only grow, one for each value of a closed label.
final class Counters: Sendable {
  private let values: [String]
  private let indices: [String: Int]
  private let counts: Mutex<[UInt64]>

  init(_ values: [String]) {
    self.values = values
    indices = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    counts = Mutex([UInt64](repeating: 0, count: values.count))
  }

  /// A value that is not in the list is none: nothing from outside becomes a label.
  func add(_ value: String, _ count: UInt64 = 1) {
    guard let index = indices[value] else { return }
    counts.withLock { $0[index] &+= count }
  }

  /// - Parameter index: of the value in the list.
  func add(at index: Int) {
    counts.withLock { if $0.indices.contains(index) { $0[index] &+= 1 } }
  }

  var all: [(value: String, count: UInt64)] {
    let counts = counts.withLock { $0 }
    return Array(zip(values, counts))
  }
}
