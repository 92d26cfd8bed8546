// SPDX-License-Identifier: Apache-2.0

/// Words as a sentence: a capital at its beginning, a full stop at its end.
enum Sentence {
  static func text(_ words: String, beginsWithName: Bool = false) -> String {
    let ended = ".!?".contains(words.last ?? " ") ? words : words + "."
    return beginsWithName ? ended : ended.prefix(1).uppercased() + ended.dropFirst()
  }
}
