// SPDX-License-Identifier: Apache-2.0

/// Finds where one answer on a kept-alive connection ends; as little of HTTP as a relay answers with: a
/// status, fields, and a body of a stated length or in chunks.
struct HTTPExchange: AnswerReader {
  /// A head that is not whole yet.
  private var head: [UInt8] = []
  private var status = 0
  private var bodyCount = 0
  private var bodyLeft: Int?
  private var chunks: ChunkedBody?

  mutating func take(_ bytes: ArraySlice<UInt8>) -> Answer? {
    if chunks != nil {
      chunks?.take(bytes)
      return chunked
    }
    if let left = bodyLeft {
      bodyLeft = left - bytes.count
    } else {
      let seen = head.isEmpty ? Array(bytes) : head + bytes
      guard let end = Self.headEnd(seen) else {
        head = seen
        return nil
      }
      head = []
      status = Self.status(seen)
      if Self.field(Self.encodingName, seen, end) != nil {
        chunks = ChunkedBody()
        chunks?.take(seen[end...])
        return chunked
      }
      bodyCount = Self.contentLength(seen, end)
      bodyLeft = bodyCount - (seen.count - end)
    }
    guard let left = bodyLeft, left <= 0 else { return nil }
    bodyLeft = nil
    return Answer(
      isSuccess: (200..<300).contains(status), status: status, bodyCount: bodyCount)
  }

  /// The answer, once the last of its chunks has come.
  private var chunked: Answer? {
    mutating get {
      guard let body = chunks, body.isWhole else { return nil }
      chunks = nil
      return Answer(
        isSuccess: (200..<300).contains(status), status: status, bodyCount: body.count)
    }
  }

  /// Where the body begins.
  static func headEnd(_ bytes: [UInt8]) -> Int? {
    // The end is the first place to look: most answers have no body, and one in chunks is longer.
    if (4..<1_024).contains(bytes.count), bytes.suffix(4) == [13, 10, 13, 10] {
      return bytes.count
    }
    var index = 3
    while index < bytes.count {
      if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10 { return index + 1 }
      index += 1
    }
    return nil
  }

  private static func status(_ bytes: [UInt8]) -> Int {
    // "HTTP/1.1 201 ..."
    bytes.count > 12 ? bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 48 } : 0
  }

  private static let lengthName = Array("content-length:".utf8)
  private static let encodingName = Array("transfer-encoding:".utf8)

  private static func contentLength(_ bytes: [UInt8], _ end: Int) -> Int {
    field(lengthName, bytes, end)?.drop { $0 == 32 }
      .prefix { (48...57).contains($0) }.reduce(0) { $0 * 10 + Int($1) - 48 } ?? 0
  }

  /// What stands behind a field's name, to the end of the head.
  private static func field(
    _ name: [UInt8], _ bytes: [UInt8], _ end: Int
  ) -> ArraySlice<UInt8>? {
    var index = 0
    while index + name.count < end {
      if bytes[index] == 10, zip(bytes[(index + 1)...], name).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
      {
        return bytes[(index + 1 + name.count)..<end]
      }
      index += 1
    }
    return nil
  }
}
