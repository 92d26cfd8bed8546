// SPDX-License-Identifier: Apache-2.0

/// Text that others wrote, made harmless for a terminal: no escape sequences, no reordering of the
/// line around it.
enum Printable {
  /// One line: every control character becomes a visible substitute.
  static func line(_ text: some StringProtocol) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      clean.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
    }
    return String(clean)
  }

  /// Several lines: line feeds and tabs stay.
  static func lines(_ text: String) -> [String] {
    // Scalars, since "\r\n" is one Character.
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { part in
      line(String(part).replacing("\t", with: "    ").replacing("\r", with: ""))
    }
  }

  /// "M." of "Mara Hartmann": what `--discreet` shows of a name.
  static func initials(_ name: String) -> String {
    let letters = name.split(whereSeparator: { $0 == " " || $0 == "-" }).compactMap(\.first)
    return letters.map { "\($0.uppercased())." }.joined()
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F: false
    // Overrides, embeddings and isolates, which reach past the text they stand in; line separators.
    case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: false
    default: true
    }
  }
}
