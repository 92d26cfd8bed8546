// SPDX-License-Identifier: Apache-2.0

/// Advice that is given once and then remembered as given.
struct Hints {
  enum Hint: String {
    case textInArguments = "text-in-arguments"
    case linkInArguments = "link-in-arguments"

    var text: String {
      switch self {
      case .textInArguments:
        "Text given as an argument stays in your shell's history and shows in the process list."
          + " `alcove send NAME` asks for it instead, or reads it from a pipe."
      case .linkInArguments:
        "A link given as an argument stays in your shell's history and shows in the process list,"
          + " and whoever has it before it is answered can pose as you. `alcove accept` asks for it"
          + " instead, or reads it from a pipe."
      }
    }
  }

  let tool: Tool

  init(_ tool: Tool) { self.tool = tool }

  func once(_ hint: Hint) {
    let path = tool.directories.hints
    let known =
      (try? Files.read(path, limit: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard !known.split(separator: "\n").contains(Substring(hint.rawValue)) else { return }
    tool.console.say("Hint:  \(hint.text)")
    // A hint that cannot be remembered is only given again.
    try? Files.makeDirectory(tool.directories.state)
    try? Files.write(Array((known + hint.rawValue + "\n").utf8), to: path, existing: .replace)
  }
}
