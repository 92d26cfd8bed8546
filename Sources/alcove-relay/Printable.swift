// SPDX-License-Identifier: Apache-2.0

/// Text that may hold what others chose, such as a path, made harmless for a terminal: no escape sequences,
/// no reordering of the line around it.
enum Printable {
  /// Line feeds stay; every other control character becomes a visible substitute.
  static func lines(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      clean.append(scalar == "\n" || isHarmless(scalar) ? scalar : "\u{FFFD}")
    }
    return String(clean)
  }

  static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F: false
    // Overrides, embeddings and isolates, which reach past the text they stand in; line separators.
    case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: false
    default: true
    }
  }
}
