// SPDX-License-Identifier: Apache-2.0

import Engine

/// Where the text of a message comes from: the argument, a pipe, or what is typed.
struct MessageText {
  let argument: String?

  /// The engine's limit and one more, so that what is too long is seen to be.
  static let limit = 1_000_001

  func bytes(_ tool: Tool, to name: LocalName) throws(Failure) -> [UInt8] {
    if let argument, argument != "-" { return Array(argument.utf8) }
    if argument == nil, Descriptor.standardInput.isTerminal, !tool.console.isJSON {
      return try typed(tool, to: name)
    }
    var bytes: [UInt8]
    do throws(SystemFailure) {
      bytes = try Descriptor.standardInput.readAll(limit: Self.limit)
    } catch {
      if error.number == 27 {  // EFBIG
        throw Failure(EngineError(.messageTooLong, about: name.text))
      }
      throw Failure(error, path: "standard input")
    }
    // `echo text |` ends in a line end that nobody meant; a file's own last line end is kept beside it.
    if argument == nil, bytes.last == 0x0A { bytes.removeLast() }
    return bytes
  }

  /// Lines up to an empty one, a lone dot or Ctrl-D.
  private func typed(_ tool: Tool, to name: LocalName) throws(Failure) -> [UInt8] {
    guard let terminal = Terminal() else { throw Failure(.answerNeeded) }
    terminal.write(
      "To \(tool.console.shown(name.text)). An empty line or Ctrl-D sends, Ctrl-C cancels.\n")
    var lines: [String] = []
    while true {
      terminal.write("> ")
      guard let line = try terminal.readLine() else {
        terminal.write("\n")
        break
      }
      if line.isEmpty { break }
      lines.append(line)
    }
    guard !lines.isEmpty else { throw Failure(.cancelled) }
    return Array(lines.joined(separator: "\n").utf8)
  }
}
