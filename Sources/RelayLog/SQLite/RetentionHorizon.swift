// SPDX-License-Identifier: Apache-2.0

/// Which days are past, as far as a clock can be believed.
///
/// What is deleted is gone: so a clock that jumps stops retention until somebody says that it is right,
/// and the horizon moves by one day for each day that is seen, wherever the clock and the policy stand.
struct RetentionHorizon: Hashable {
  /// The last UTC day since 1970 that was seen.
  private(set) var lastDay: Int64
  /// Bodies of days before this one may go.
  private(set) var day: Int64
  private(set) var isTrusted = true

  /// More days than this from one look to the next are a jump.
  static let longestStep: Int64 = 2

  init(lastDay: Int64, day: Int64) {
    self.lastDay = lastDay
    self.day = day
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
    lastDay = today
    // Whatever was set before, or not at all: days to keep may be a slip of the hand, and a day later all would be
    // gone. What is further behind waits for the operator's word.
    if let days { day = max(day, min(day + 1, today - Int64(days))) }
    return true
  }

  /// How many days it is behind where the policy would have it on a day; negative where that is to come.
  func lag(on today: Int64, keeping days: Int) -> Int64 { today - Int64(days) - day }

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
    isTrusted = true
  }
}
