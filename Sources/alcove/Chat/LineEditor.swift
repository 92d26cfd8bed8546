// SPDX-License-Identifier: Apache-2.0

/// One line being typed: a value that takes bytes as a terminal sends them and says what they mean.
struct LineEditor: Equatable {
  enum Action: Equatable {
    case edited
    /// Return was pressed.
    case submit(String)
    /// Ctrl-C, or Ctrl-D on an empty line.
    case leave
    /// Ctrl-L.
    case redraw
  }

  private(set) var text: [Character] = []
  private(set) var cursor = 0
  private var pending: [UInt8] = []
  private var isPasting = false

  /// What the bytes mean, in order; an unfinished sequence waits for the next bytes.
  mutating func feed(_ bytes: [UInt8]) -> [Action] {
    pending += bytes
    var actions: [Action] = []
    while let action = next() { actions.append(action) }
    return actions
  }

  private mutating func next() -> Action? {
    guard let first = pending.first else { return nil }
    if first == 0x1B { return escape() }
    if first < 0x20 || first == 0x7F {
      pending.removeFirst()
      return control(first)
    }
    let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    guard pending.count >= length else { return nil }
    let bytes = Array(pending.prefix(length))
    pending.removeFirst(length)
    if let piece = String(validating: bytes, as: UTF8.self) { insert(piece) }
    return .edited
  }

  private mutating func control(_ byte: UInt8) -> Action {
    if isPasting {
      // A pasted line end is text; a terminal sends it as CR.
      if byte == 0x0D || byte == 0x0A { insert("\n") }
      if byte == 0x09 { insert("\t") }
      return .edited
    }
    switch byte {
    case 0x0D:
      let line = String(text)
      text = []
      cursor = 0
      return .submit(line)
    case 0x0A: insert("\n")  // Ctrl-J, or Alt-Return below
    case 0x03: return .leave
    case 0x04:
      if text.isEmpty { return .leave }
      if cursor < text.count { text.remove(at: cursor) }
    case 0x0C: return .redraw
    case 0x01: cursor = 0
    case 0x05: cursor = text.count
    case 0x02: cursor = max(0, cursor - 1)
    case 0x06: cursor = min(text.count, cursor + 1)
    case 0x7F, 0x08:
      if cursor > 0 {
        cursor -= 1
        text.remove(at: cursor)
      }
    case 0x15:
      text.removeSubrange(..<cursor)
      cursor = 0
    case 0x0B: text.removeSubrange(cursor...)
    case 0x17:
      let end = cursor
      while cursor > 0, text[cursor - 1].isWhitespace { cursor -= 1 }
      while cursor > 0, !text[cursor - 1].isWhitespace { cursor -= 1 }
      text.removeSubrange(cursor..<end)
    default: break
    }
    return .edited
  }

  /// ESC [ parameters final, ESC O final, or ESC and one key.
  private mutating func escape() -> Action? {
    guard pending.count >= 2 else { return nil }
    guard pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
      let key = pending[1]
      pending.removeFirst(2)
      if key == 0x0D { insert("\n") }
      return .edited
    }
    guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      // Nothing real is longer.
      if pending.count > 32 { pending.removeAll() }
      return nil
    }
    let sequence = Array(pending[2...end])
    pending.removeFirst(end + 1)
    switch String(decoding: sequence, as: UTF8.self) {
    case "C": cursor = min(text.count, cursor + 1)
    case "D": cursor = max(0, cursor - 1)
    case "H", "1~", "7~": cursor = 0
    case "F", "4~", "8~": cursor = text.count
    case "3~": if cursor < text.count { text.remove(at: cursor) }
    case "200~": isPasting = true
    case "201~": isPasting = false
    default: break
    }
    return .edited
  }

  private mutating func insert(_ piece: String) {
    // Combining marks join the character before the cursor, so the whole is built again.
    let before = String(text[..<cursor]) + piece
    let joined = Array(before)
    text = joined + text[cursor...]
    cursor = joined.count
  }

  /// What fits into `width` cells around the cursor, and the cell of the cursor in it.
  func window(_ width: Int) -> (text: String, cursor: Int) {
    let shown = text.map {
      $0 == "\n" ? "⏎" : $0 == "\t" ? " " : Character(Printable.line(String($0)))
    }
    var start = cursor
    var used = 0
    while start > 0 {
      let more = TextWidth.cells(shown[start - 1])
      guard used + more < width else { break }
      used += more
      start -= 1
    }
    let column = used
    var end = cursor
    while end < shown.count {
      let more = TextWidth.cells(shown[end])
      guard used + more < width else { break }
      used += more
      end += 1
    }
    return (String(shown[start..<end]), column)
  }
}
