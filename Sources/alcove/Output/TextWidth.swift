// SPDX-License-Identifier: Apache-2.0

/// How many terminal cells text takes, near enough to lay out columns and break lines.
enum TextWidth {
  static func cells(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + cells($1) }
  }

  static func cells(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    let value = first.value
    if value < 0x300 { return value < 0x20 ? 0 : 1 }
    let properties = first.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// The text with blanks behind it up to a width.
  static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - cells(text)))
  }

  /// At most `width` cells, with an ellipsis where something is left out.
  static func clip(_ text: String, to width: Int) -> String {
    guard cells(text) > width else { return text }
    var kept = ""
    var used = 0
    for character in text {
      let more = cells(character)
      guard used + more < width else { break }
      kept.append(character)
      used += more
    }
    return kept + "…"
  }

  /// Lines of at most `width` cells, broken at blanks where there are some; blanks at the beginning stay.
  static func wrap(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = String(text.prefix { $0 == " " })
    var used = cells(line)
    var isEmpty = true
    func flush() {
      lines.append(line)
      line = ""
      used = 0
      isEmpty = true
    }
    for word in text.dropFirst(used).split(separator: " ", omittingEmptySubsequences: false) {
      let length = cells(word)
      if !isEmpty, used + 1 + length > width { flush() }
      if !isEmpty {
        line += " "
        used += 1
      }
      for character in word {
        let more = cells(character)
        if used + more > width, used > 0 { flush() }
        line.append(character)
        used += more
      }
      isEmpty = false
    }
    flush()
    return lines
  }
}
