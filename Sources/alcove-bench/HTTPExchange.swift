// SPDX-License-Identifier: Apache-2.0

/// Cuts the answers to one kept-alive connection out of its bytes; as little of HTTP as a relay
/// answers with: a status, fields, and a body of a stated length.
struct HTTPExchange {
  private var buffer: [UInt8] = []

  struct Answer {
    let status: Int
    let body: ArraySlice<UInt8>
    let end: Int
  }

  mutating func feed(_ bytes: some Collection<UInt8>) { buffer.append(contentsOf: bytes) }

  /// Bytes of a stream whose head has been taken.
  mutating func takeRest() -> [UInt8] {
    defer { buffer.removeAll(keepingCapacity: true) }
    return buffer
  }

  /// The status of a head, with the head taken away.
  mutating func takeHead() -> Int? {
    guard let end = headEnd else { return nil }
    let status = self.status
    buffer.removeSubrange(..<end)
    return status
  }

  /// The next whole answer.
  mutating func next() -> (status: Int, bodyCount: Int)? {
    guard let end = headEnd else { return nil }
    let length = contentLength(end)
    guard buffer.count >= end + length else { return nil }
    let status = self.status
    buffer.removeSubrange(..<(end + length))
    return (status, length)
  }

  private var status: Int {
    // "HTTP/1.1 201 ..."
    buffer.count > 12 ? buffer[9..<12].reduce(0) { $0 * 10 + Int($1) - 48 } : 0
  }

  private var headEnd: Int? {
    var index = 3
    while index < buffer.count {
      if buffer[index] == 10, buffer[index - 1] == 13, buffer[index - 2] == 10 { return index + 1 }
      index += 1
    }
    return nil
  }

  private func contentLength(_ end: Int) -> Int {
    let name = Array("content-length:".utf8)
    var index = 0
    while index + name.count < end {
      if buffer[index] == 10,
        zip(buffer[(index + 1)...], name).allSatisfy({ $0 | 0x20 == $1 || $0 == $1 })
      {
        return buffer[(index + 1 + name.count)..<end].drop { $0 == 32 }
          .prefix { (48...57).contains($0) }.reduce(0) { $0 * 10 + Int($1) - 48 }
      }
      index += 1
    }
    return 0
  }
}
