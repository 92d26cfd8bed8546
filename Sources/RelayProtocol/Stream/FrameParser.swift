// SPDX-License-Identifier: Apache-2.0

package import WireFormat

/// Cuts a stream of bytes into frames, holding never more than one frame and one chunk.
package struct FrameParser {
  private var buffer: [UInt8] = []
  private var start = 0

  package init() {}

  /// Whether the stream has ended between two frames.
  package var isBetweenFrames: Bool { start == buffer.count }

  /// Takes the next bytes of the stream.
  package mutating func feed(_ bytes: some Collection<UInt8>) {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      start = 0
    } else if start > 64 << 10 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole frame, or nil until more bytes have come.
  ///
  /// A length that no frame may have is refused as soon as it can be read, before its body is
  /// waited for.
  package mutating func next() throws(WireError) -> Frame? {
    let available = buffer.count - start
    guard available >= Self.fixed + 1 else { return nil }
    // RFC 9420 §2.1.2: the two highest bits tell the size of the length.
    let first = buffer[start + Self.fixed]
    guard first >> 6 < 3 else { throw .invalidValue }
    let size = 1 << Int(first >> 6)
    guard available >= Self.fixed + size else { return nil }
    var length = Int(first & 0x3F)
    for offset in 1..<max(size, 1) {
      length = length << 8 | Int(buffer[start + Self.fixed + offset])
    }
    guard length <= Frame.maximumBody else { throw .tooLong }
    let count = Self.fixed + size + length
    guard available >= count else { return nil }
    var reader = WireReader(buffer[start..<(start + count)])
    let frame = try Frame(from: &reader)
    try reader.finish()
    start += count
    return frame
  }

  /// Type and subscription.
  private static let fixed = 3
}
