// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Relay

@Suite struct HTTPDateTests {
  /// The first is the example of RFC 9110 §5.6.7.
  @Test(arguments: [
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
  ])
  func `a date has its fixed form`(_ second: Int64, _ text: String) {
    let date = HTTPDate()
    #expect(date.text(at: second) == text)
    // Also the second time, and after another one.
    #expect(date.text(at: second) == text)
    #expect(date.text(at: second + 1) != text)
    #expect(date.text(at: second) == text)
  }

  @Test func `every answer of a relay has the time of its clock`() async throws {
    try await LiveRelay.run { relay in
      for path in ["/v1/relay", "/no/such/route"] {
        let answer = try await relay.ask(RawRequest(method: "GET", path: path, fields: []))
        #expect(answer["date"] == "Tue, 14 Nov 2023 22:13:20 GMT")
      }
    }
  }
}
