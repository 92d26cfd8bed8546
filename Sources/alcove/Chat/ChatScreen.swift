// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// A transcript that scrolls as usual, and one input line below it.
///
/// The screen is the terminal's own: what was said stays in its scrollback, and a message that arrives
/// while somebody types is printed above the input line.
struct ChatScreen: ~Copyable {
  private let mode: TerminalMode
  private let prompt: String
  private var editor = LineEditor()

  /// Nil where stdin and stdout are no terminal.
  init?(prompt: String) {
    guard Descriptor.standardOutput.isTerminal,
      let mode = TerminalMode.enter(.standardInput, .raw)
    else { return nil }
    self.mode = mode
    self.prompt = prompt
    // Bracketed paste: a pasted line end must not send half a letter.
    put("\u{1B}[?2004h")
  }

  deinit {
    put("\r\u{1B}[J\u{1B}[?2004l")
    mode.leave()
  }

  /// Prints lines above the input line.
  func say(_ lines: [String]) {
    let text = lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
      .map { $0 + "\u{1B}[K\r\n" }.joined()
    put("\r\u{1B}[J" + text)
    draw()
  }

  mutating func feed(_ bytes: [UInt8]) -> [LineEditor.Action] {
    let actions = editor.feed(bytes)
    if actions.contains(.redraw) { put("\u{1B}[2J\u{1B}[H") }
    draw()
    return actions
  }

  func draw() {
    let width = Terminal.size(of: .standardOutput)?.columns ?? 80
    let room = max(10, width - TextWidth.cells(prompt) - 1)
    let (text, cursor) = editor.window(room)
    let column = TextWidth.cells(prompt) + cursor
    put("\r\u{1B}[J" + prompt + text + "\r" + (column > 0 ? "\u{1B}[\(column)C" : ""))
  }

  private func put(_ text: String) {
    try? Descriptor.standardOutput.write(Array(text.utf8))
  }
}
