// SPDX-License-Identifier: Apache-2.0

/// What a row of appends has to reach on two idle cores.
struct RelayTarget {
  var perSecond: Double?
  /// Microseconds.
  var p50: Double?
  var p99: Double?

  static func append(clients: Int, kib: Int) -> RelayTarget? {
    switch (clients, kib) {
    case (1, 1): RelayTarget(perSecond: 2_000, p50: 600, p99: 3_000)
    case (32, 1): RelayTarget(perSecond: 9_000)
    case (128, 1): RelayTarget(perSecond: 14_000, p99: 60_000)
    case (128, 4): RelayTarget(perSecond: 8_000)
    default: nil
    }
  }

  func isMet(rate: Double, p50: Double, p99: Double) -> Bool {
    rate >= perSecond ?? 0 && p50 <= self.p50 ?? .infinity && p99 <= self.p99 ?? .infinity
  }

  var text: String {
    [
      perSecond.map { ">= \(figure($0, 0))" }, p50.map { "p50 <= \(figure($0, 0))" },
      p99.map { "p99 <= \(figure($0, 0))" },
    ].compactMap(\.self).joined(separator: ", ")
  }
}
