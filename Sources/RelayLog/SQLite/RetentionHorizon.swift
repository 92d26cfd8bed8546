// SPDX-License-Identifier: Apache-2.0

/// Which days are past, as far as a clock can be believed.
///
/// What is deleted is gone: so a clock that jumps stops retention until somebody says that it is right,
/// and the horizon moves by one day for each day that is seen, wherever the clock stands.
struct RetentionHorizon: Hashable {
  /// The last UTC day since 1970 that was seen.
  private(set) var lastDay: Int64
  /// Bodies of days before this one may go.
  private(set) var day: Int64
  /// While nothing goes by its day: how far the days that were seen have come, by the same rule. A policy that
  /// is set later begins here, and is not behind for as long as there was none. Nil while there is one.
  private(set) var unbounded: Int64?
  private(set) var isTrusted = true

  /// More days than this from one look to the next are a jump.
  static let longestStep: Int64 = 2

  init(lastDay: Int64, day: Int64, unbounded: Int64? = nil) {
    self.lastDay = lastDay
    self.day = day
    self.unbounded = unbounded
  }

  private func isNear(_ today: Int64) -> Bool { abs(today - lastDay) <= Self.longestStep }

  /// Whether there is something to see: a new day, or a clock that has jumped or come back.
  func isNews(_ today: Int64) -> Bool {
    isNear(today) ? !isTrusted || today > lastDay : isTrusted
  }

  /// True when a day has begun.
  mutating func see(_ today: Int64, keeping days: Int?) -> Bool {
    isTrusted = isNear(today)
    guard isTrusted, today > lastDay else { return false }
    let reached = min((unbounded ?? lastDay) + 1, today)
    lastDay = today
    guard let days else {
      unbounded = reached
      return true
    }
    let most = unbounded == nil ? day + 1 : reached - Int64(days)
    day = max(day, min(most, today - Int64(days)))
    unbounded = nil
    return true
  }

  /// The operator's word that the clock is right: the horizon is where it belongs. It goes back with the
  /// clock: left at a day that has not come, it would take all that is written until then.
  mutating func confirm(_ today: Int64, keeping days: Int?) {
    let most = days.map { today - Int64($0) }
    if today < lastDay {
      day = min(day, most ?? today)
    } else if let most {
      day = max(day, most)
    }
    lastDay = today
    unbounded = days == nil ? today : nil
    isTrusted = true
  }
}
