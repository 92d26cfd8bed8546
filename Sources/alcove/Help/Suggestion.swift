// SPDX-License-Identifier: Apache-2.0

/// "Did you mean": the nearest word, when it is near enough.
enum Suggestion {
  static func closest(to typed: String, among words: [String]) -> String? {
    let typed = typed.lowercased()
    let starts = words.filter { $0.hasPrefix(typed) && typed.count >= 2 }
    if starts.count == 1 { return starts.first }
    let allowed = typed.count <= 3 ? 1 : typed.count <= 6 ? 2 : 3
    return words.map { (word: $0, steps: distance(typed, $0)) }
      .filter { $0.steps <= allowed }
      .min { $0.steps < $1.steps }?.word
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  static func distance(_ one: String, _ other: String) -> Int {
    let a = Array(one)
    let b = Array(other)
    guard !a.isEmpty, !b.isEmpty, a.count <= 64, b.count <= 64 else { return max(a.count, b.count) }
    var older = [Int](repeating: 0, count: b.count + 1)
    var old = Array(0...b.count)
    for i in 1...a.count {
      var new = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        new[j] = min(
          old[j] + 1, new[j - 1] + 1, old[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          new[j] = min(new[j], older[j - 2] + 1)
        }
      }
      older = old
      old = new
    }
    return old[b.count]
  }
}
