// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Holders in the order in which they last got somewhere, who has waited for longest first.
///
/// Whoever gets somewhere is appended again, and what stood for them before is passed over when it
/// comes to the front: nothing is ever sorted.
struct WaitingLine {
  struct Place: Equatable {
    let holder: UInt64
    let stamp: UInt64
  }

  private var places = CircularBuffer<Place>()
  private var sweepAt = 64

  /// - Parameter isCurrent: whether a place is its holder's last.
  mutating func append(_ place: Place, isCurrent: (Place) -> Bool) {
    places.append(place)
    guard places.count >= sweepAt else { return }
    places = CircularBuffer(places.filter(isCurrent))
    sweepAt = max(64, 2 * places.count)
  }

  /// Who has waited for longest, besides one.
  mutating func first(besides other: UInt64, isCurrent: (Place) -> Bool) -> UInt64? {
    var passed: Place?
    defer { if let passed { places.prepend(passed) } }
    while let place = places.first {
      if isCurrent(place) {
        guard place.holder == other else { return place.holder }
        passed = place
      }
      places.removeFirst()
    }
    return nil
  }
}
