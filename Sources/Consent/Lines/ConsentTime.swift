// SPDX-License-Identifier: Apache-2.0

/// A point in time to the second, from 1970 to 9999; always an argument, never read from a clock here.
public struct ConsentTime: Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
  public let seconds: Int64

  public static let earliest = ConsentTime(clamping: 0)
  public static let latest = ConsentTime(clamping: .max)

  /// The nearest time that can be written.
  public init(clamping seconds: Int64) {
    self.seconds = min(max(seconds, 0), 253_402_300_799)
  }

  /// The nearest time that can be written, with fractions cut off.
  public init(truncating seconds: Double) {
    self.init(clamping: seconds.isNaN ? 0 : Int64(max(0, min(seconds, 1e12))))
  }

  public func adding(seconds more: Int64) -> ConsentTime {
    let (sum, overflow) = seconds.addingReportingOverflow(more)
    return ConsentTime(clamping: overflow ? (more < 0 ? 0 : .max) : sum)
  }

  public func adding(days: Int64) -> ConsentTime {
    let (more, overflow) = days.multipliedReportingOverflow(by: 86_400)
    return adding(seconds: overflow ? (days < 0 ? .min : .max) : more)
  }

  public static func < (one: ConsentTime, other: ConsentTime) -> Bool {
    one.seconds < other.seconds
  }
}

extension ConsentTime: CustomStringConvertible {
  /// `YYYY-MM-DDThh:mm:ssZ`, the one spelling of a time in a line (RFC 3339, UTC).
  public var rfc3339: String {
    let (year, month, day) = civilDate
    let second = seconds % 86_400
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
      + "T\(pad(second / 3_600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))Z"
  }

  /// The day alone, `YYYY-MM-DD`, in UTC.
  public var day: String { String(rfc3339.prefix(10)) }

  public var description: String { rfc3339 }

  /// Reads exactly `YYYY-MM-DDThh:mm:ssZ` of a day that exists; no fractions, offsets, leap seconds.
  public init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 else { return nil }
    for (index, byte) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "Z")] {
      guard bytes[index] == byte.utf8.first else { return nil }
    }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[range] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      year >= 1970, (1...12).contains(month), hour < 24, minute < 60, second < 60
    else { return nil }
    let time = ConsentTime(
      clamping: ConsentTime.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
    // A day that does not exist (30 February) comes back as another one.
    guard day > 0, time.rfc3339.utf8.elementsEqual(text.utf8) else { return nil }
    self = time
  }

  /// Days since 1970-01-01 of a date in the Gregorian calendar, with years that begin in March so
  /// that the leap day is the last.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private var civilDate: (year: Int64, month: Int64, day: Int64) {
    let z = seconds / 86_400 + 719_468
    let era = z / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
