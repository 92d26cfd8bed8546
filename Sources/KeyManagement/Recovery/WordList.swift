// SPDX-License-Identifier: Apache-2.0

/// 2,048 words in order, unique by their first four letters.
struct WordList: Sendable {
  static let english = WordList(englishText)
  private let words: [String]

  init(_ text: String) {
    words = text.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  var count: Int { words.count }

  subscript(index: Int) -> String { words[index] }

  /// The place of a word, or of the word that begins with these four letters or more.
  func index(of typed: String) -> Int? {
    var low = 0
    var high = words.count
    while low < high {
      let middle = (low + high) / 2
      if words[middle] < typed { low = middle + 1 } else { high = middle }
    }
    guard low < words.count else { return nil }
    let word = words[low]
    return word == typed || typed.count >= 4 && word.hasPrefix(typed) ? low : nil
  }
}
