// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the tool says of itself, of files and of names is so.
@Suite(.enabled(if: Built.hasRelay)) struct `Honest words` {
  @Test func `messages that could not be written out, or were hidden, stay unread`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await ines("send", "mara", "-", stdin: Array("hello".utf8)).expect(0)
    try await mara("sync").expect(0)
    let program = try #require(Built.path("alcove"))
    let environment = ["HOME": mara.home, "PATH": "/usr/bin:/bin"]
    let full = try await Run.program(
      "/bin/sh",
      [
        "-c", "'\(program)' read albrecht --passphrase-file '\(mara.passphrase)' > /dev/full",
      ], environment: environment)
    #expect(full.status == 8)
    try await mara("read", "albrecht", "--discreet").expect(0)
    #expect(try await mara("inbox", "--json").expect(0).objects.count == 1)
    try await mara("read", "albrecht").expect(0)
    #expect(try await mara("inbox", "--json").expect(0).objects.isEmpty)
  }

  @Test func `discreet words hold no name, also where they say what to do`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await ines("send", "mara", "-", stdin: Array("hello".utf8)).expect(0)
    try await mara("sync").expect(0)
    for words in [
      ["inbox"], ["status"], ["send", "albrecht", "-"], ["send", "albrechtine", "-"],
      ["consent", "acknowledge", "albrecht"],
    ] {
      let run = try await mara.run(words + ["--discreet"], stdin: Array("x".utf8))
      #expect(!(run.out + run.err).contains("albrecht"), "\(words)")
    }
  }

  @Test func `a mistake in the configuration file does not lock out its own help`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try FileManager.default.createDirectory(
      atPath: mara.home + "/.config/alcove", withIntermediateDirectories: true)
    try mara.write("bogus = 1\n", to: ".config/alcove/config")
    for words in [["explain", "configuration-invalid"], ["paths"], ["version"]] {
      let run = try await mara.run(words).expect(0)
      #expect(run.err.contains("unknown key"))
    }
    let run = try await mara("status").expect(1)
    #expect(run.err.contains("Next:  edit \(mara.home)/.config/alcove/config"))
  }

  @Test func `init leaves no words of a profile that was not made`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    let words = mara.home + "/words"
    try await mara(
      "init", "--role", "client", "--recovery-words-file", words, "--device", "a\u{7}", "--yes"
    ).expect(64)
    #expect(!FileManager.default.fileExists(atPath: words))
    try await mara.makeClient()
    try FileManager.default.removeItem(atPath: mara.profile + "/vault")
    let status = try await mara("status").expect(9)
    #expect(status.err.contains("The vault is missing"))
    try await mara("init", "--role", "client", "--recovery-words-file", words + "2", "--yes")
      .expect(9)
  }

  @Test func `a parser's refusal lists what it takes, and defaults read as they are typed`()
    async throws
  {
    let world = try World()
    let mara = try world.person("mara")
    let run = try await mara("send", "x", "--kind", "bogus").expect(64)
    #expect(run.err.contains("questionnaires"))
    let help = try await mara("invite", "--help").expect(0)
    #expect(help.out.contains("(default: 7d)"))
    #expect(try await mara("consent", "import", "w.txt").err.contains("directory: w.txt."))
  }
}
