// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import Primitives

/// A passphrase that is about to be set: from a source, typed twice, or made.
struct NewPassphrase {
  let tool: Tool
  /// Where a new one comes from without a terminal.
  let source: PassphraseSource
  /// The flag that names such a source.
  let flag: String

  init(
    _ tool: Tool, source: PassphraseSource? = nil, flag: String = "--passphrase-file FILE"
  ) {
    self.flag = flag
    self.tool = tool
    self.source = source ?? tool.passphrases
  }

  func ask(prompt: String = "  Passphrase (empty = make a strong one):  ") throws(Failure)
    -> SecretBytes
  {
    if var bytes = try source.read() { return try guarded(&bytes) }
    while true {
      var first = try tool.prompter.secret(prompt, flag: flag)
      if first.isEmpty { return try made() }
      var second = try tool.prompter.secret("  Once more:  ", flag: flag)
      let same = first == second
      wipe(&second)
      if same { return try guarded(&first) }
      wipe(&first)
      tool.console.say("  The two differ.")
    }
  }

  private func made() throws(Failure) -> SecretBytes {
    guard let terminal = Terminal() else { throw Failure(.noPassphrase) }
    let text = StrongPassphrase.make()
    terminal.write(
      "  Your passphrase, shown once. Write it down or keep it in a password manager:\n\n")
    terminal.write("      \(text)\n\n")
    var bytes = Array(text.utf8)
    return try guarded(&bytes)
  }

  private func guarded(_ bytes: inout [UInt8]) throws(Failure) -> SecretBytes {
    do {
      return try SecretBytes(consumingAndWiping: &bytes)
    } catch {
      throw Failure(.failed, "the system gives no more locked memory")
    }
  }
}
