// SPDX-License-Identifier: Apache-2.0

import Consent
import Testing

@Suite struct ConsentTimeTests {
  static let known: [(String, Int64)] = [
    ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:34:56Z", 951_827_696),
    ("2026-11-21T08:26:25Z", 1_795_249_585), ("2038-01-19T03:14:08Z", 2_147_483_648),
    ("2100-02-28T23:59:59Z", 4_107_542_399), ("9999-12-31T23:59:59Z", 253_402_300_799),
  ]

  @Test(arguments: known)
  func `a time is written in one way and read from it`(_ text: String, _ seconds: Int64) {
    #expect(ConsentTime(rfc3339: text)?.seconds == seconds)
    #expect(ConsentTime(clamping: seconds).rfc3339 == text)
  }

  @Test(arguments: [
    "", "2026-11-21T08:26:25", "2026-11-21T08:26:25z", "2026-11-21t08:26:25Z",
    "2026-11-21 08:26:25Z", "2026-11-21T08:26:25.0Z", "2026-11-21T08:26:25+00:00",
    "2026-11-21T08:26Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z",
    "2026-11-32T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T08:60:00Z",
    "2026-11-21T08:26:60Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
    "+026-11-21T08:26:25Z", "2026-11-21T-8:26:25Z", " 2026-11-21T08:26:25",
    "2026-11-21T08:26:25Z\n", "２026-11-21T08:26:25Z",
  ])
  func `anything else is refused`(_ text: String) {
    #expect(ConsentTime(rfc3339: text) == nil)
  }

  @Test func `every day for 500 years comes back`() {
    for day in stride(from: Int64(0), to: 182_625, by: 1) {
      let time = ConsentTime(clamping: day * 86_400 + day % 86_400)
      #expect(ConsentTime(rfc3339: time.rfc3339) == time)
    }
  }

  @Test func `arithmetic stays within what can be written`() {
    #expect(ConsentTime.latest.adding(days: .max) == .latest)
    #expect(ConsentTime.earliest.adding(days: .min) == .earliest)
    #expect(ConsentTime.latest.adding(seconds: .max) == .latest)
    #expect(ConsentTime(truncating: .infinity) == .latest)
    #expect(ConsentTime(truncating: .nan) == .earliest)
  }
}
