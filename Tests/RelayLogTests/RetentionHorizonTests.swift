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

  @Test
  func `days to keep that are set later move it by a day a day, and at once by a person's word`() {
    var horizon = RetentionHorizon(lastDay: 100, day: 100)
    func see(_ day: Int64, keeping days: Int?) -> Int64? {
      horizon.see(day, keeping: days) ? horizon.day : nil
    }
    // Nothing may go meanwhile.
    for day in Int64(101)...830 { #expect(see(day, keeping: nil) == 100) }
    // A slip of the hand: 3 for 300.
    #expect(see(831, keeping: 3) == 101)
    #expect(horizon.lag(on: 831, keeping: 3) == 727)
    #expect(see(832, keeping: nil) == 101)
    #expect(see(833, keeping: 300) == 102)
    horizon.confirm(833, keeping: 300)
    #expect(horizon.day == 533 && see(834, keeping: 300) == 534)
    #expect(horizon.lag(on: 834, keeping: 300) == 0)
    // More days than ever were bring nothing back, and take nothing.
    #expect(see(835, keeping: 3_650) == 534)
  }

  @Test func `a restored relay stays behind, also when its days to keep go and come`() {
    // 90 days were kept up to day 940; the days until 1000 nobody saw.
    var horizon = RetentionHorizon(lastDay: 1_000, day: 850)
    for days in [90, nil, 90, nil, nil, 90] as [Int?] {
      let before = horizon.day
      let isNew = horizon.see(horizon.lastDay + 1, keeping: days)
      #expect(isNew && horizon.day == before + (days == nil ? 0 : 1))
    }
    #expect(horizon.lag(on: 1_006, keeping: 90) == 63)
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
