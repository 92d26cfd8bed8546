// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The field `Date` of answers (RFC 9110 §6.6.1), which is written once for each second.
final class HTTPDate: Sendable {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private let last = Mutex<(second: Int64, text: String)?>(nil)

  /// In the fixed form of 29 characters (RFC 9110 §5.6.7).
  ///
  /// - Parameter second: since 1970, before the year 10000.
  func text(at second: Int64) -> String {
    last.withLock { last in
      if let last, last.second == second { return last.text }
      let text = Self.text(second)
      last = (second, text)
      return text
    }
  }

  private static let calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  private static func text(_ second: Int64) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let parts = calendar.dateComponents(
      [.year, .month, .day, .weekday, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: TimeInterval(second)))
    func part(_ part: KeyPath<DateComponents, Int?>) -> Int { parts[keyPath: part] ?? 1 }
    let day = "\(two(part(\.day))) \(months[part(\.month) - 1]) \(part(\.year))"
    let clock = [part(\.hour), part(\.minute), part(\.second)].map(two)
    return "\(days[part(\.weekday) - 1]), \(day) \(clock.joined(separator: ":")) GMT"
  }
}
