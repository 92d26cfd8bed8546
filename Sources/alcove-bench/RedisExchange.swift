// SPDX-License-Identifier: Apache-2.0

/// Reads answers of a Redis server to commands that answer with one value (RESP2).
struct RedisExchange: AnswerReader {
  private var seen: [UInt8] = []

  mutating func take(_ bytes: ArraySlice<UInt8>) -> Answer? {
    seen += bytes
    guard let line = seen.firstIndex(of: 10), line > 1 else { return nil }
    let isSuccess = seen[0] != UInt8(ascii: "-")
    if seen[0] == UInt8(ascii: "$") {
      let count = Int(String(decoding: seen[1..<(line - 1)], as: UTF8.self)) ?? 0
      guard seen.count >= line + 1 + count + 2 else { return nil }
    }
    seen = []
    return Answer(isSuccess: isSuccess, status: isSuccess ? 0 : 1, bodyCount: 0)
  }

  /// One command of so many words.
  static func command(_ words: [[UInt8]]) -> [UInt8] {
    words.reduce(into: Array("*\(words.count)\r\n".utf8)) { bytes, word in
      bytes += Array("$\(word.count)\r\n".utf8) + word + [13, 10]
    }
  }
}
