// SPDX-License-Identifier: Apache-2.0

/// Reads an input as choices and as edits of a valid message: so a fuzzer gets past signatures and
/// encryption, which no change of the finished bytes survives.
///
/// Past its end every choice is 0 and there are no edits.
struct EditScript {
  private var rest: ArraySlice<UInt8>

  init(_ input: ArraySlice<UInt8>) {
    rest = input
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// A number below `count`, from one byte.
  mutating func pick(_ count: Int) -> Int { Int(byte()) % count }

  /// A number of four bytes.
  mutating func number() -> UInt32 {
    (0..<4).reduce(0) { number, _ in number << 8 | UInt32(byte()) }
  }

  /// At most `limit` bytes, their count first.
  mutating func literal(_ limit: Int) -> [UInt8] {
    let count = min(pick(limit + 1), rest.count)
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Whether edits follow for the next message; the count is read with the first of them.
  mutating func edits() -> Int { isAtEnd ? 0 : 1 + pick(4) }

  /// Edits some bytes: what the RFC calls opaque, a length, a type or a count alike.
  mutating func edit(_ bytes: inout [UInt8]) {
    for _ in 0..<edits() { editOnce(&bytes) }
  }

  private mutating func editOnce(_ bytes: inout [UInt8]) {
    let operation = pick(8)
    let place = (Int(byte()) << 8 | Int(byte())) % (bytes.count + 1)
    let end = min(bytes.count, place + 1 + pick(64))
    switch operation {
    case 0: if place < end { bytes[place] ^= 1 << (byte() & 7) }
    case 1: if place < end { bytes[place] = byte() }
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.insert(contentsOf: literal(32), at: place)
    case 5: bytes.removeLast(bytes.count - place)
    case 6: for index in place..<end { bytes[index] = 0xFF }
    default:
      let new = literal(8)
      bytes.replaceSubrange(place..<min(bytes.count, place + new.count), with: new)
    }
  }
}
