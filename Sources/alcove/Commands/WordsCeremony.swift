// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import Primitives

/// Shows the 24 recovery words once, and has three of them typed back.
struct WordsCeremony {
  let tool: Tool

  /// To a new file, for scripts, or to the terminal itself: never to stdout or stderr, which may be kept.
  func handOver(_ words: borrowing RecoveryWords, to file: String?) throws(Failure) {
    let list = words.words()
    if let file {
      var bytes = Array((list.joined(separator: " ") + "\n").utf8)
      defer { wipe(&bytes) }
      do throws(SystemFailure) {
        try Files.write(bytes, to: file, existing: .refuse)
      } catch {
        throw Failure(error, path: file)
      }
      tool.console.ok(
        "recovery words in \(Printable.line(file)). Write them on paper and destroy the file.")
      return
    }
    guard let terminal = Terminal() else { throw Failure(.answerNeeded) }
    terminal.write(
      """
      Your 24 recovery words follow. Write them on paper. Without them nobody, not even the
      relay, can replace this computer's key or, with a coming version, restore your identity.

      """)
    let width = Terminal.size(of: terminal.descriptor)?.columns ?? 80
    // No wider than the screen: a word that is cut in two is copied wrongly.
    let columns = [4, 3, 2].first { $0 * 18 <= width } ?? 1
    let rows = list.count / columns
    for row in 0..<rows {
      var line = ""
      for column in 0..<columns {
        let place = row + column * rows
        let number = place < 9 ? "  \(place + 1)" : " \(place + 1)"
        line += TextWidth.pad("  \(number) \(list[place])", to: 18)
      }
      terminal.write(line + "\n")
    }
    terminal.write("\n")
  }

  /// Three words by their number, as often as it takes.
  func rehearse(_ words: borrowing RecoveryWords) throws(Failure) {
    guard let terminal = Terminal() else { return }
    let list = words.words()
    var places = Array(0..<RecoveryWords.count)
    places.shuffle()
    let chosen = places.prefix(3).sorted()
    while true {
      let numbers = "\(chosen[0] + 1), \(chosen[1] + 1) and \(chosen[2] + 1)"
      terminal.write("Type words \(numbers):  ")
      guard let answer = try terminal.readLine() else {
        var failure = Failure(
          .cancelled, "the words were not rehearsed", next: ["alcove recovery test"])
        failure.safe = "The profile is made."
        throw failure
      }
      let typed = answer.lowercased().split(whereSeparator: { !$0.isLetter }).map(String.init)
      if typed.count == 3,
        zip(chosen, typed).allSatisfy({ list[$0].hasPrefix($1) && $1.count >= 3 })
      {
        tool.console.ok("rehearsed")
        return
      }
      terminal.write("That is not what is on your paper. Once more.\n")
    }
  }

  /// All 24, typed or from a file.
  func ask(from file: String?) throws(Failure) -> RecoveryWords {
    var text: String
    if let file {
      do throws(SystemFailure) {
        text = String(decoding: try Files.read(file, limit: 4096), as: UTF8.self)
      } catch {
        throw Failure(error, path: file)
      }
    } else {
      var bytes = try tool.prompter.secret(
        "Your 24 recovery words (not shown):  ", flag: "--recovery-words-file FILE")
      text = String(decoding: bytes, as: UTF8.self)
      wipe(&bytes)
    }
    do {
      return try RecoveryWords(text)
    } catch {
      let what =
        switch error {
        case .wrongCount(let count): "there are 24 recovery words, not \(count)"
        case .unknownWord(let place): "word \(place) is none of the list"
        case .wrongChecksum: "one of the words is wrong or in the wrong place"
        case .outOfMemory: "the system gives no more memory"
        }
      throw Failure(.wordsInvalid, what)
    }
  }
}
