// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc
import Testing

@testable import alcove

@Suite struct `Words and texts` {
  @Test func `every error code of the engine is explained`() {
    for code in EngineError.Code.allCases {
      let found = ExplainCommand.code(code.rawValue)
      #expect(found != nil)
      #expect(found?.0.what.isEmpty == false && found?.0.why.isEmpty == false)
    }
  }

  @Test func `every error code of the tool is explained, and none is also one of the engine's`() {
    let engine = Set(EngineError.Code.allCases.map(\.rawValue))
    for code in ToolCode.allCases {
      #expect(code.explanation.why.isEmpty == false)
      #expect(!engine.contains(code.rawValue))
    }
  }

  @Test func `no step after a changed identity leads to a number that cannot tell`() {
    let next = EngineError.Code.identityChanged.guidance.commands(about: "mara")
    #expect(next.first?.contains("alcove invite") == true)
    #expect(!next.contains { $0.contains("verify") })
  }

  @Test func `what a relay takes later is delivered by a sync`() {
    let failure = Failure(kept: EngineError(.relayRefused, about: "mara"))
    #expect(failure.next.first == "alcove sync")
  }

  @Test func `a withdrawal that no channel takes is to be written to a file, and no sync is named`()
  {
    let error = EngineError(.withdrawalNotCarried, about: "dr albrecht")
    for failure in [Failure(error), Failure(kept: error)] {
      #expect(failure.next == ["alcove consent withdraw 'dr albrecht' --to FILE"])
      #expect(failure.safe?.contains("kept") == true)
    }
  }

  @Test func `a name goes out of a refusal, also where it is a word or a letter of one`() {
    for name in ["a", "alcove", "consent", "Frau Özil"] {
      var failure = Failure(EngineError(.consentWithdrawn, about: name))
      #expect(failure.withoutName.next == ["alcove consent show NAME"])
      failure.next = ["alcove invite \(Shell.quoted(name))"]
      #expect(failure.withoutName.next == ["alcove invite NAME"])
    }
  }

  @Test func `a command that is shown names the profile that was named`() {
    var console = Console()
    #expect(console.command("alcove sync") == "alcove sync")
    #expect(CommandLineReader(["--profile=", "statsu"]).profile == nil)
    console.profile =
      CommandLineReader(["--profile", "kim", "statsu", "--", "--profile=x"]).profile
    #expect(console.command("alcove sync") == "alcove --profile kim sync")
    for words in [
      "alcove --profile ines sync", "alcove explain usage", "alcove sync --help", "ls -ld x",
      "on the therapist's computer: alcove invite NAME",
    ] { #expect(console.command(words) == words) }
    let failure = console.shown(console.shown(Failure(EngineError(.noProfile))))
    #expect(failure.next == ["alcove --profile kim init"])
  }

  @Test func `a name is quoted for a shell only where it must be`() {
    #expect(Shell.quoted("mara") == "mara")
    #expect(Shell.quoted("Frau Özil") == "'Frau Özil'")
    #expect(Shell.quoted("o'neill") == #"'o'\''neill'"#)
    #expect(Shell.quoted("") == "''")
  }

  @Test(arguments: [
    ("stauts", "status"), ("ivnite", "invite"), ("snd", "send"), ("keyz", "keys"),
    ("comp", "completion"),
  ])
  func `a misspelt command is recognised`(typed: String, meant: String) {
    let names = ["status", "invite", "send", "sync", "keys", "completion", "read", "recovery"]
    #expect(Suggestion.closest(to: typed, among: names) == meant)
  }

  @Test func `a word that is near to nothing gets no suggestion`() {
    #expect(Suggestion.closest(to: "frobnicate", among: ["status", "send"]) == nil)
  }

  @Test func `text of others cannot move the cursor or reorder a line`() {
    #expect(
      Printable.line("a\u{1B}[2Jb\u{202E}c\u{9B}d\u{7F}")
        == "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d\u{FFFD}")
    #expect(Printable.lines("one\r\ntwo\tx") == ["one", "two    x"])
    #expect(Printable.lines("שלום 🌧️") == ["שלום 🌧️"])
  }

  @Test func `a line is broken at blanks, and no line is wider than asked`() {
    let lines = TextWidth.wrap("the quick brown fox 日本語日本語日本語 supercalifragilistic", to: 10)
    #expect(lines.allSatisfy { TextWidth.cells($0) <= 10 })
    #expect(lines.first == "the quick")
    #expect(TextWidth.cells("日本") == 4)
    #expect(TextWidth.cells("👩‍👩‍👧") == 2)
    #expect(TextWidth.cells("e\u{301}") == 1)
  }

  @Test func `JSON escapes what a terminal would act on`() {
    let json: JSON = ["a": "x\u{1B}\u{9B}\n\"\\", "b": [1, true, .null]]
    #expect(json.text == #"{"a":"x\u001b\u009b\n\"\\","b":[1,true,null]}"#)
  }
}

@Suite struct `Durations and dates` {
  @Test(arguments: [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("1w", 604_800)])
  func `a duration is read`(text: String, seconds: Int64) {
    #expect(HumanDuration(argument: text)?.seconds == seconds)
  }

  @Test(arguments: ["", "m", "-5m", "0s", "1.5h", "5", "99999999999d", "5M"])
  func `what is no duration is refused`(text: String) {
    #expect(HumanDuration(argument: text) == nil)
  }

  @Test func `a date is the end of its day, and a day that does not exist is refused`() {
    #expect(LocalTime(reading: "2027-06-30")?.isoDate == "2027-06-30")
    #expect(LocalTime(reading: "2027-06-31") == nil)
    #expect(LocalTime(reading: "2027-06-30T12:00:00Z")?.rfc3339 == "2027-06-30T12:00:00Z")
    #expect(LocalTime(reading: "30.6.2027") == nil)
  }
}

@Suite struct `Configuration file` {
  @Test func `keys are read, comments and quotes taken off`() throws {
    let file = try Configuration(
      text: "# mine\nrelay = http://127.0.0.1:1\n\ncolor=\"never\"\nunlock-for = 2h\n", path: "f")
    #expect(file[.relay] == "http://127.0.0.1:1")
    #expect(file[.color] == "never")
    #expect(file[.unlockFor] == "2h")
  }

  @Test(arguments: [
    ("colour = never", "did you mean \"color\""), ("relay", "expected `key = value`"),
    ("plain = maybe", "no value"), ("plain = yes\nplain = no", "set twice"),
  ])
  func `a mistake is named with its line`(text: String, words: String) {
    let failure = #expect(throws: Failure.self) { try Configuration(text: text, path: "f") }
    #expect(failure?.code == "configuration-invalid")
    #expect(failure?.message.contains(words) == true)
    #expect(failure?.message.contains("f, line ") == true)
  }
}

@Suite struct `Typing a line` {
  private func typed(_ bytes: [UInt8]) -> (LineEditor, [LineEditor.Action]) {
    var editor = LineEditor()
    let actions = editor.feed(bytes)
    return (editor, actions)
  }

  @Test func `Return submits, also what came byte by byte`() {
    var editor = LineEditor()
    var actions: [LineEditor.Action] = []
    for byte in "Grüße 🌧️\r".utf8 { actions += editor.feed([byte]) }
    #expect(actions.contains(.submit("Grüße 🌧️")))
    #expect(editor.text.isEmpty)
  }

  @Test func `arrows, Home, End and the deleting keys edit where the cursor is`() {
    #expect(typed(Array("ac\u{1B}[Db\r".utf8)).1.last == .submit("abc"))
    #expect(typed(Array("bc\u{1B}[Ha\u{1B}[Fd\r".utf8)).1.last == .submit("abcd"))
    #expect(typed(Array("abX\u{7F}\r".utf8)).1.last == .submit("ab"))
    #expect(typed(Array("one two\u{17}\r".utf8)).1.last == .submit("one "))
    #expect(typed(Array("one two\u{15}x\r".utf8)).1.last == .submit("x"))
  }

  @Test func `a pasted letter is not sent line by line`() {
    let (editor, actions) = typed(Array("\u{1B}[200~one\rtwo\r\u{1B}[201~".utf8))
    #expect(!actions.contains { if case .submit = $0 { true } else { false } })
    #expect(String(editor.text) == "one\ntwo\n")
  }

  @Test func `a long paste is taken in pieces, whatever they are cut at`() {
    let letter = String(repeating: "Grüße 🌧️, e\u{301} und 👩‍👩‍👧.\r", count: 6_000)
    var editor = LineEditor()
    _ = editor.feed(Array("[]\u{1B}[D\u{1B}[200~".utf8))
    let bytes = Array(letter.utf8)
    for start in stride(from: 0, to: bytes.count, by: 4_095) {
      _ = editor.feed(Array(bytes[start..<min(start + 4_095, bytes.count)]))
    }
    let actions = editor.feed(Array("\u{1B}[201~\r".utf8))
    #expect(actions.last == .submit("[" + letter.replacing("\r", with: "\n") + "]"))
  }

  @Test func `a mark joins the letter before the cursor, and what is no UTF-8 is left out`() {
    let (editor, _) = typed(Array("abe\u{1B}[D\u{301}".utf8))
    #expect(editor.text == ["a", "b\u{301}", "e"] && editor.cursor == 2)
    #expect(typed([0x61, 0xFC, 0x62, 0x0D]).1.last == .submit("ab"))
  }

  @Test func `a line of which a part was not taken is not submitted, and the next one is`() {
    var editor = LineEditor()
    let piece = [UInt8](repeating: 0x78, count: 4_096)
    for _ in 0..<300 { _ = editor.feed(piece) }
    #expect(editor.text.count < 1_010_000)
    #expect(editor.feed([0x7F, 0x0D]).last == .tooLong)
    #expect(editor.feed(Array("next\r".utf8)).last == .submit("next"))
  }

  @Test func `Ctrl-C leaves, Ctrl-D only from an empty line`() {
    #expect(typed([0x03]).1 == [.leave])
    #expect(typed([0x04]).1 == [.leave])
    #expect(typed([0x61, 0x04]).1 == [.edited, .edited])
  }

  @Test func `any bytes are survived`() {
    for seed in 0..<200 {
      var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
      let bytes = (0..<64).map { _ -> UInt8 in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state)
      }
      var editor = LineEditor()
      _ = editor.feed(bytes)
      #expect(editor.cursor <= editor.text.count)
      _ = editor.window(20)
    }
  }

  @Test func `a long line is shown around the cursor`() {
    let (editor, _) = typed(Array(String(repeating: "x", count: 100).utf8))
    let (text, cursor) = editor.window(20)
    #expect(text.count < 20 && cursor == text.count)
  }
}

@Suite struct `Lines of a pipe` {
  private func lines(_ bytes: [UInt8], by size: Int, limit: Int = 10) -> [String] {
    var cutter = LineCutter(limit: limit)
    var lines: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      cutter.feed(Array(bytes[start..<min(start + size, bytes.count)]))
      while let line = cutter.next() { lines.append(line) }
    }
    if let rest = cutter.rest() { lines.append(rest) }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [1, 2, 3, 7, 100])
  func `they are the same, however they arrive, and of a long one only its beginning is kept`(
    size: Int
  ) {
    #expect(lines(Array("one\n\ntwo\nthree".utf8), by: size) == ["one", "", "two", "three"])
    #expect(
      lines(Array("a\n0123456789abcdefgh\nb\n".utf8), by: size) == ["a", "0123456789", "b"])
    #expect(lines([], by: size).isEmpty)
  }

  @Test func `what nobody asks for stays in the pipe, and its writer waits`() async throws {
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    defer { close(ends[0]) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let source = LineSource(Descriptor(number: ends[0]))
    try Descriptor(number: ends[1]).write(Array("one\n".utf8))
    #expect(await source.next() == Array("one".utf8))
    let block = Array(String(repeating: "two\n", count: 1_024).utf8)
    var written = 0
    while written < 1 << 24 {
      let count = unsafe write(ends[1], block, block.count)
      if count < 0 { break }
      written += count
    }
    #expect(written < 1 << 24)
    #expect(await source.next() == Array("two".utf8))
    close(ends[1])
    var more = 1
    while await source.next() != nil { more += 1 }
    #expect(more == written / 4)
    #expect(await source.next() == nil)
  }
}

@Suite struct `QR codes` {
  @Test func `a code has its three finder patterns`() throws {
    let code = try #require(QRCode("alcove:#test"))
    for (row, column) in [(0, 0), (0, code.size - 7), (code.size - 7, 0)] {
      #expect(
        (0..<7).allSatisfy { code.isDark(row, column + $0) && code.isDark(row + 6, column + $0) })
      #expect(!code.isDark(row + 1, column + 1))
    }
    #expect(!code.isDark(-1, -1))
  }

  @Test func `it is painted in both colours, two modules to a cell`() throws {
    let code = try #require(QRCode("alcove:#test"))
    let lines = QRPainter.lines(code)
    #expect(lines.count == (code.size + 8 + 1) / 2)
    #expect(lines.allSatisfy { $0.contains("38;5;231") && $0.hasSuffix("\u{1B}[0m") })
    #expect(!QRPainter.fits(code, in: Terminal.Size(rows: 10, columns: 80)))
    #expect(QRPainter.fits(code, in: Terminal.Size(rows: 50, columns: 80)))
  }

  @Test func `the PNG has the checksums of its format`() throws {
    #expect(PNGImage.crc32(Array("IEND".utf8)) == 0xAE42_6082)
    let image = PNGImage.encode(try #require(QRCode("alcove:#test")))
    #expect(image.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(image.suffix(8) == [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
  }
}
