// SPDX-License-Identifier: Apache-2.0

/// What text in a line may hold, since it will be shown to people who decide by it.
enum TextRule {
  /// The longest text of a single field, in bytes of UTF-8.
  static let shortLimit = 4_096
  /// The longest form, in bytes of UTF-8.
  static let formLimit = 49_152

  /// Refuses control characters but tab and line feed (they could drive a terminal) and the
  /// characters that override the direction of writing (they could show another text than was signed).
  static func check(_ text: String, limit: Int) throws(ConsentError) {
    guard !text.utf8.isEmpty, text.utf8.count <= limit else { throw .line(.text) }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0a: continue
      case 0x00..<0x20, 0x7f..<0xa0: throw .line(.text)
      case 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069, 0xfeff: throw .line(.text)
      default: continue
      }
    }
  }
}
