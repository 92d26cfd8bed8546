// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RelayLog

/// Up to which day bodies may go, from the days that were seen alone.
@Suite struct RetentionHorizonTests {
  @Test func `the horizon moves by a day for each day that is seen`() {
    var horizon = RetentionHorizon(lastDay: 100, day: 100)
    for day in Int64(101)...130 {
      let isNew = horizon.see(day, keeping: 30)
      #expect(isNew)
    }
    #expect(horizon.day == 100)
    func see(_ day: Int64, keeping days: Int?) -> Int64? {
      horizon.see(day, keeping: days) ? horizon.day : nil
    }
    #expect(see(131, keeping: 30) == 101)
    // A day that nobody looked at is caught up with slowly.
    #expect(see(133, keeping: 30) == 102)
    #expect(see(133, keeping: 30) == nil)
    #expect(see(132, keeping: 30) == nil && horizon.isTrusted)
    #expect(horizon.lastDay == 133)
    // A shorter time to keep deletes no more in a day.
    #expect(see(134, keeping: 1) == 103)
    #expect(see(135, keeping: nil) == 103)
  }

  @Test func `days to keep that are set later are not behind for as long as there were none`() {
    var horizon = RetentionHorizon(lastDay: 100, day: 100)
    func see(_ day: Int64, keeping days: Int?) -> Int64? {
      horizon.see(day, keeping: days) ? horizon.day : nil
    }
    // Nothing may go meanwhile.
    for day in Int64(101)...830 { #expect(see(day, keeping: nil) == 100) }
    // Not on the day on which they are set, and then all that is older.
    #expect(see(830, keeping: 30) == nil)
    #expect(see(831, keeping: 30) == 801)
    #expect(see(832, keeping: 30) == 802)
    // Off and on again; days that nobody looked at are not caught up with.
    #expect(see(834, keeping: nil) == 802)
    #expect(see(836, keeping: nil) == 802)
    #expect(horizon.unbounded == 834)
    #expect(see(837, keeping: 30) == 805)
    #expect(horizon.unbounded == nil)
    // A shorter time to keep is behind until the operator's word.
    #expect(see(838, keeping: 5) == 806)
    horizon.confirm(838, keeping: 5)
    #expect(horizon.day == 833 && see(839, keeping: 5) == 834)
    // More days than ever were bring nothing back, and take nothing.
    #expect(see(840, keeping: nil) == 834)
    #expect(see(841, keeping: 3_650) == 834)
  }

  @Test(arguments: [3, 3_650, -3, -3_650] as [Int64])
  func `a clock that jumps while nothing goes by its day does not move what is set later`(
    _ days: Int64
  ) {
    var horizon = RetentionHorizon(lastDay: 20_000, day: 19_000)
    for day in Int64(20_001)...20_010 { _ = horizon.see(day, keeping: nil) }
    let before = horizon.unbounded
    let isNew = horizon.see(20_010 + days, keeping: nil)
    #expect(!isNew && horizon.unbounded == before && before == 20_010)
    // The operator's word counts for both.
    horizon.confirm(20_010 + days, keeping: nil)
    #expect(horizon.unbounded == 20_010 + days)
  }

  @Test(arguments: [3, 3_650, -3, -3_650] as [Int64])
  func `a clock that jumps stops everything until somebody confirms it`(_ days: Int64) {
    var horizon = RetentionHorizon(lastDay: 20_000, day: 19_000)
    let isNew = horizon.see(20_000 + days, keeping: 30)
    #expect(!isNew)
    #expect(!horizon.isTrusted && horizon.day == 19_000 && horizon.lastDay == 20_000)
    var confirmed = horizon
    confirmed.confirm(20_000 + days, keeping: 30)
    // It goes back with the clock, and no farther on than it belongs.
    let most = 20_000 + days - 30
    #expect(confirmed.isTrusted && confirmed.day == (days < 0 ? min : max)(19_000, most))
    // The clock comes back by itself.
    let isDay = horizon.see(20_001, keeping: 30)
    #expect(isDay && horizon.isTrusted)
  }

  @Test func `a clock that is right again is believed, and one a day behind is let be`() {
    var horizon = RetentionHorizon(lastDay: 20_000, day: 19_000)
    #expect(!horizon.isNews(20_000) && !horizon.isNews(19_999) && horizon.isNews(20_001))
    #expect(horizon.isNews(23_000))
    _ = horizon.see(23_000, keeping: 30)
    #expect(!horizon.isTrusted && !horizon.isNews(23_000) && horizon.isNews(20_000))
    let isNewDay = horizon.see(20_000, keeping: 30)
    #expect(!isNewDay && horizon.isTrusted && !horizon.isNews(20_000))
  }
}
