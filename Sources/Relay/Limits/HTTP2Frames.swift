// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Where a reader of HTTP/2 stands between and inside of frames (RFC 9113 §4.1).
struct HTTP2Frames {
  /// Of the client's preface (§3.4) and the frame that comes with it.
  private var prefaceLeft = 24
  private var hasBegun = false
  /// A frame's first nine bytes, as far as they have come.
  private var head: [UInt8] = []
  private var payloadLeft = 0
  private var isData = false
  /// A field block (§4.3) that lacks its end.
  private var isBlockOpen = false

  /// Whether nothing was begun that others wait for.
  var isSettled: Bool {
    guard hasBegun, !isBlockOpen else { return false }
    return payloadLeft > 0 ? isData : head.isEmpty
  }

  mutating func pass(_ bytes: ByteBufferView) {
    var bytes = bytes[...]
    let preface = min(prefaceLeft, bytes.count)
    prefaceLeft -= preface
    bytes = bytes.dropFirst(preface)
    while !bytes.isEmpty {
      if payloadLeft > 0 {
        let count = min(payloadLeft, bytes.count)
        payloadLeft -= count
        bytes = bytes.dropFirst(count)
      } else {
        let count = min(9 - head.count, bytes.count)
        head.append(contentsOf: bytes.prefix(count))
        bytes = bytes.dropFirst(count)
        if head.count == 9 { beginFrame() }
      }
      if payloadLeft == 0, head.isEmpty { hasBegun = true }
    }
  }

  private mutating func beginFrame() {
    payloadLeft = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
    let type = head[3]
    isData = type == 0
    // §6.2, §6.10: HEADERS and CONTINUATION, whose flag 4 is END_HEADERS.
    if type == 1 || type == 9 { isBlockOpen = head[4] & 4 == 0 }
    head.removeAll(keepingCapacity: true)
  }
}
