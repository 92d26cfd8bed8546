// SPDX-License-Identifier: Apache-2.0

/// Colour, where there is a terminal that wants it; never the only carrier of a meaning.
struct Style: Sendable {
  enum Tone: String { case good = "32", bad = "31", warning = "33", strong = "1", faint = "2" }

  var isOn: Bool

  func callAsFunction(_ tone: Tone, _ text: String) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
  }
}
