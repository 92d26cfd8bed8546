// SPDX-License-Identifier: Apache-2.0

/// Words as a shell takes them, so that a shown command can be copied.
enum Shell {
  static func word(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || "._-/@%+:".utf8.contains($0)
    }
    if plain, !word.isEmpty { return word }
    if word.unicodeScalars.allSatisfy(Printable.isHarmless) {
      return "'" + word.replacing("'", with: "'\\''") + "'"
    }
    // What a terminal must not see, by its number: bash and zsh read this form.
    let spelled = word.utf8.map { byte in
      (32...126).contains(byte) && byte != 39 && byte != 92
        ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "$'" + spelled.joined() + "'"
  }
}
