// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Seconds since 1970 as people and programs read them, without loading a calendar library.
struct LocalTime {
  let seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }
  init(milliseconds: Int64) { seconds = milliseconds / 1000 }

  static var now: LocalTime { LocalTime(seconds: Int64(time(nil))) }

  /// RFC 3339 in UTC, for programs.
  var rfc3339: String { format("%Y-%m-%dT%H:%M:%SZ", utc: true) }
  /// `15:31`.
  var clock: String { format("%H:%M") }
  /// `Fri 28 Nov`, with the year when it is not this one.
  var day: String {
    format("%Y") == LocalTime.now.format("%Y") ? format("%a %-d %b") : format("%-d %b %Y")
  }
  /// `30 Jun 2027`.
  var date: String { format("%-d %b %Y") }
  var isoDate: String { format("%Y-%m-%d") }

  /// `15:31` today, `yesterday 15:31`, else the day with the time.
  var moment: String {
    let now = LocalTime.now
    if isoDate == now.isoDate { return clock }
    if isoDate == LocalTime(seconds: now.seconds - 86_400).isoDate { return "yesterday \(clock)" }
    return "\(day) \(clock)"
  }

  /// `now`, `5 min ago`, `3 h ago`, `yesterday`, `12 days ago`.
  var ago: String {
    let passed = LocalTime.now.seconds - seconds
    switch passed {
    case ..<60: return "just now"
    case ..<3600: return "\(passed / 60) min ago"
    case ..<86_400: return "\(passed / 3600) h ago"
    case ..<172_800: return "yesterday"
    default: return "\(passed / 86_400) days ago"
    }
  }

  /// Reads `2027-06-30` as the end of that day here, or RFC 3339 in UTC.
  init?(reading text: String) {
    let parts = text.split(whereSeparator: { "-T:Z".contains($0) }).map { Int32($0) }
    let isDate = text.utf8.count == 10
    guard parts.count == (isDate ? 3 : 6), !parts.contains(nil),
      isDate || (text.utf8.count == 20 && text.hasSuffix("Z"))
    else { return nil }
    let numbers = parts.compactMap(\.self)
    var broken = unsafe tm()
    unsafe broken.tm_year = numbers[0] - 1900
    unsafe broken.tm_mon = numbers[1] - 1
    unsafe broken.tm_mday = numbers[2]
    unsafe broken.tm_hour = isDate ? 23 : numbers[3]
    unsafe broken.tm_min = isDate ? 59 : numbers[4]
    unsafe broken.tm_sec = isDate ? 59 : numbers[5]
    unsafe broken.tm_isdst = -1
    seconds = unsafe Int64(isDate ? mktime(&broken) : timegm(&broken))
    // `mktime` mends 31 June to 1 July; a person meant something else.
    guard (isDate ? isoDate : rfc3339) == text else { return nil }
  }

  private func format(_ pattern: String, utc: Bool = false) -> String {
    var instant = time_t(seconds)
    var broken = unsafe tm()
    _ = unsafe utc ? gmtime_r(&instant, &broken) : localtime_r(&instant, &broken)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = unsafe strftime(&buffer, buffer.count, pattern, &broken)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
