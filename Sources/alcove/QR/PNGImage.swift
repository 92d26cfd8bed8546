// SPDX-License-Identifier: Apache-2.0

/// A PNG file of one bit per pixel, uncompressed (ISO/IEC 15948; deflate with stored blocks, RFC 1951).
enum PNGImage {
  /// The code with its quiet zone, each module `scale` pixels wide.
  static func encode(_ code: QRCode, scale: Int = 8) -> [UInt8] {
    let side = (code.size + 2 * QRPainter.margin) * scale
    let rowBytes = (side + 7) / 8
    var rows: [UInt8] = []
    rows.reserveCapacity(side * (rowBytes + 1))
    for y in 0..<side {
      rows.append(0)  // no filter
      var row = [UInt8](repeating: 0, count: rowBytes)
      for x in 0..<side {
        let dark = code.isDark(y / scale - QRPainter.margin, x / scale - QRPainter.margin)
        if !dark { row[x / 8] |= 0x80 >> UInt8(x % 8) }
      }
      rows += row
    }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let length = bytes(UInt32(side))
    // Bit depth 1, greyscale, deflate, no filter method but 0, not interlaced.
    file += chunk("IHDR", length + length + [1, 0, 0, 0, 0])
    file += chunk("IDAT", zlib(rows))
    file += chunk("IEND", [])
    return file
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bytes(UInt32(data.count)) + body + bytes(crc32(body))
  }

  private static func zlib(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(start + 65_535, data.count)
      let count = UInt16(end - start)
      stream.append(end == data.count ? 1 : 0)
      stream += [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
      stream += data[start..<end]
      start = end
    } while start < data.count
    return stream + bytes(adler32(data))
  }

  static func crc32(_ data: [UInt8]) -> UInt32 {
    var register: UInt32 = 0xFFFF_FFFF
    for byte in data {
      register ^= UInt32(byte)
      for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~register
  }

  private static func adler32(_ data: [UInt8]) -> UInt32 {
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in data {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
