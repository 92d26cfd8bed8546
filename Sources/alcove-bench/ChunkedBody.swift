// SPDX-License-Identifier: Apache-2.0

/// Finds the end of a body that comes in chunks (RFC 9112 §7.1), as a relay sends a page.
struct ChunkedBody {
  /// Bytes of content so far.
  private(set) var count = 0
  private(set) var isWhole = false
  /// What is left of a chunk and of the line end behind it.
  private var left = 0
  /// The line with a chunk's length, while it is not whole.
  private var line: [UInt8] = []
  private var isLast = false

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    var bytes = bytes
    while !bytes.isEmpty, !isWhole {
      if left > 0 {
        let taken = min(left, bytes.count)
        left -= taken
        bytes = bytes.dropFirst(taken)
        isWhole = isLast && left == 0
        continue
      }
      guard let end = bytes.firstIndex(of: 10) else {
        line += bytes
        return
      }
      line += bytes[..<end]
      bytes = bytes[(end + 1)...]
      let length = line.reduce(0) { sum, digit in
        switch digit {
        case 48...57: sum * 16 + Int(digit) - 48
        case 65...70: sum * 16 + Int(digit) - 55
        case 97...102: sum * 16 + Int(digit) - 87
        default: sum
        }
      }
      line = []
      count += length
      isLast = length == 0
      left = length + 2
    }
  }
}
