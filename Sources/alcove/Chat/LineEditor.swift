// SPDX-License-Identifier: Apache-2.0

/// One line being typed: a value that takes bytes as a terminal sends them and says what they mean.
struct LineEditor: Equatable {
  enum Action: Equatable {
    case edited
    /// Return was pressed.
    case submit(String)
    /// Return was pressed on a line of which a part was not taken.
    case tooLong
    /// Ctrl-C, or Ctrl-D on an empty line.
    case leave
    /// Ctrl-L.
    case redraw
  }

  private(set) var text: [Character] = []
  private(set) var cursor = 0
  private var pending: [UInt8] = []
  private var isPasting = false
  /// Bytes of `text`.
  private var size = 0
  /// Whether something was left out, since the line had ``MessageText/limit`` bytes or more.
  private var isCut = false

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
    let length = textLength
    if length > 0 {
      insert(pending.prefix(length))
      pending.removeFirst(length)
      return .edited
    }
    if isControl(first) {
      pending.removeFirst()
      return control(first)
    }
    return nil
  }

  /// A pasted line end or tab is text; a terminal sends the one as CR.
  private func isControl(_ byte: UInt8) -> Bool {
    if isPasting, byte == 0x0D || byte == 0x0A || byte == 0x09 { return false }
    return byte < 0x20 || byte == 0x7F
  }

  /// How many of the next bytes are text that can be taken as one, up to the last whole scalar.
  private var textLength: Int {
    let end = pending.firstIndex { $0 == 0x1B || isControl($0) } ?? pending.endIndex
    guard end == pending.endIndex else { return end }
    // The last scalar may go on in the next bytes.
    for back in 1...3 where back <= end {
      let byte = pending[end - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? end - back : end
    }
    return end
  }

  private mutating func control(_ byte: UInt8) -> Action {
    if isPasting { return .edited }
    switch byte {
    case 0x0D:
      let action: Action = isCut ? .tooLong : .submit(String(text))
      remove(text.indices)
      return action
    case 0x0A: insert([0x0A])  // Ctrl-J, or Alt-Return below
    case 0x03: return .leave
    case 0x04:
      if text.isEmpty { return .leave }
      if cursor < text.count { remove(cursor..<cursor + 1) }
    case 0x0C: return .redraw
    case 0x01: cursor = 0
    case 0x05: cursor = text.count
    case 0x02: cursor = max(0, cursor - 1)
    case 0x06: cursor = min(text.count, cursor + 1)
    case 0x7F, 0x08:
      if cursor > 0 { remove(cursor - 1..<cursor) }
    case 0x15: remove(0..<cursor)
    case 0x0B: remove(cursor..<text.count)
    case 0x17:
      var start = cursor
      while start > 0, text[start - 1].isWhitespace { start -= 1 }
      while start > 0, !text[start - 1].isWhitespace { start -= 1 }
      remove(start..<cursor)
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
      if key == 0x0D { insert([0x0A]) }
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
    case "3~": if cursor < text.count { remove(cursor..<cursor + 1) }
    case "200~": isPasting = true
    case "201~": isPasting = false
    default: break
    }
    return .edited
  }

  /// Takes bytes in at the cursor; what is no UTF-8 is left out.
  private mutating func insert(_ bytes: some Collection<UInt8>) {
    guard size < MessageText.limit else {
      isCut = true
      return
    }
    let bytes = bytes.map { $0 == 0x0D ? 0x0A : $0 }
    let piece =
      String(validating: bytes, as: UTF8.self)
      ?? String(decoding: bytes, as: UTF8.self).replacing("\u{FFFD}", with: "")
    size += piece.utf8.count
    // Combining marks join the character before the cursor, so that one is built again, and no other.
    let before = max(0, cursor - 1)..<cursor
    let joined = Array(String(text[before]) + piece)
    text.replaceSubrange(before, with: joined)
    cursor = before.lowerBound + joined.count
  }

  /// Takes a part of the text out; the cursor stands where it was.
  private mutating func remove(_ range: Range<Int>) {
    size -= text[range].reduce(0) { $0 + $1.utf8.count }
    text.removeSubrange(range)
    cursor = range.lowerBound
    if text.isEmpty { isCut = false }
  }

  /// What fits into `width` cells around the cursor, and the cell of the cursor in it.
  func window(_ width: Int) -> (text: String, cursor: Int) {
    var shown = ""
    var start = cursor
    var column = 0
    while start > 0 {
      let next = Self.shown(text[start - 1])
      let more = TextWidth.cells(next)
      guard column + more < width else { break }
      column += more
      start -= 1
    }
    var used = 0
    for character in text[start...] {
      let next = Self.shown(character)
      used += TextWidth.cells(next)
      guard used < width else { break }
      shown.append(next)
    }
    return (shown, column)
  }

  private static func shown(_ character: Character) -> Character {
    switch character {
    case "\n": "⏎"
    case "\t": " "
    default: Character(Printable.line(String(character)))
    }
  }
}
