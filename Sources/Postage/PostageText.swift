// SPDX-License-Identifier: Apache-2.0

import Primitives
public import RelayProtocol

/// Requests and answers as text that can be mailed: a heading, and one value in base64url on each line.
public enum PostageText {
  /// The most requests of one text.
  public static let largestCount = 1_000

  private static let requests = "alcove-postage-request 1"
  private static let answers = "alcove-postage-answer 1"

  public static func write(_ values: [PostageRequest]) -> String { text(requests, values) }
  public static func write(_ values: [PostageAnswer]) -> String { text(answers, values) }

  /// Refuses what is empty, too long or not exactly such a text.
  public static func requests(in text: String) throws(PostageError) -> [PostageRequest] {
    try values(text, requests)
  }

  /// Refuses what is empty, too long or not exactly such a text.
  public static func answers(in text: String) throws(PostageError) -> [PostageAnswer] {
    try values(text, answers)
  }

  private static func text(_ heading: String, _ values: [some OpaqueBytes]) -> String {
    ([heading] + values.map { Base64URL.encode($0.bytes) }).joined(separator: "\n") + "\n"
  }

  private static func values<Value: OpaqueBytes>(
    _ text: String, _ heading: String
  ) throws(PostageError) -> [Value] {
    // Mail programs change the ends of lines and add empty ones.
    guard text.utf8.count <= (largestCount + 8) * 400 else { throw .badText }
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }.filter { !$0.isEmpty }
    guard lines.first == heading, (2...largestCount + 1).contains(lines.count) else {
      throw .badText
    }
    var values: [Value] = []
    for line in lines.dropFirst() {
      guard let bytes = Base64URL.decode(line), let value = try? Value(bytes: bytes) else {
        throw .badText
      }
      values.append(value)
    }
    return values
  }
}
