// SPDX-License-Identifier: Apache-2.0

/// Cuts bytes into lines as they come, and looks at each byte once.
///
/// Of a line no more than `limit` bytes are kept: enough for whoever takes it to see that it is too long.
struct LineCutter {
  let limit: Int
  private var line: [UInt8] = []
  private var fresh: ArraySlice<UInt8> = []

  init(limit: Int) { self.limit = limit }

  /// What was read next, once ``next()`` has said that it needs more.
  mutating func feed(_ bytes: [UInt8]) { fresh += bytes }

  /// The next whole line, without its end; nil when more has to be read for it.
  mutating func next() -> [UInt8]? {
    let end = fresh.firstIndex(of: 0x0A)
    line += fresh[..<(end ?? fresh.endIndex)].prefix(limit - line.count)
    guard let end else {
      fresh = []
      return nil
    }
    fresh = fresh[(end + 1)...]
    return take()
  }

  /// What stands behind the last line end, when nothing follows it any more.
  mutating func rest() -> [UInt8]? { line.isEmpty ? nil : take() }

  private mutating func take() -> [UInt8] {
    defer { line = [] }
    return line
  }
}
