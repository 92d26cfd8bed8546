// SPDX-License-Identifier: Apache-2.0

/// Paints a QR code with half blocks, two modules to a cell.
///
/// Both colours are painted, black and white: on a dark terminal an unpainted light module would be
/// dark, and many cameras do not read an inverted code.
enum QRPainter {
  /// The quiet zone of the standard.
  static let margin = 4

  static func fits(_ code: QRCode, in terminal: Terminal.Size) -> Bool {
    let side = code.size + 2 * margin
    return side <= terminal.columns && (side + 1) / 2 + 2 <= terminal.rows
  }

  static func lines(_ code: QRCode) -> [String] {
    let range = -margin..<(code.size + margin)
    return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
      var line = ""
      var painted = ""
      for column in range {
        // Foreground is the upper half, background the lower one.
        let upper = code.isDark(row, column) ? 16 : 231
        let lower = code.isDark(row + 1, column) ? 16 : 231
        let colours = "\u{1B}[38;5;\(upper);48;5;\(lower)m"
        if colours != painted { line += colours }
        painted = colours
        line += "▀"
      }
      return line + "\u{1B}[0m"
    }
  }
}
