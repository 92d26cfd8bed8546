// SPDX-License-Identifier: Apache-2.0

import CQREncode

/// A QR code as a square of dark and light modules, without its quiet zone.
struct QRCode: Equatable {
  let size: Int
  private let dark: [Bool]

  /// Level M: a seventh of the symbol may be hidden. Nil when the text does not fit any symbol.
  init?(_ text: String) {
    guard let code = unsafe QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
      return nil
    }
    defer { unsafe QRcode_free(code) }
    let size = unsafe Int(code.pointee.width)
    self.size = size
    // The lowest bit of each byte is the colour; the others are the library's bookkeeping.
    dark = (0..<size * size).map { unsafe code.pointee.data[$0] & 1 == 1 }
  }

  /// Whether the module is dark; everything outside is the light quiet zone.
  func isDark(_ row: Int, _ column: Int) -> Bool {
    guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
    return dark[row * size + column]
  }
}
