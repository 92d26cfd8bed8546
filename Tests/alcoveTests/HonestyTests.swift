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

  @Test func `a command whose words nobody hears still ends as it went, and a file keeps its name`()
    async throws
  {
    let world = try World()
    let file = world.folder.appending(path: "e.jws")
    try Data("a\r\nb\r\n".utf8).write(to: file)
    let program = try #require(Built.path("alcove"))
    let environment = ["HOME": world.folder.path, "PATH": "/usr/bin:/bin"]
    let enter = "cd '\(world.folder.path)';"
    let command = "'\(program)' consent verify e.jws 2>&1 >/dev/null"
    let unheard = try await Run.program(
      "/bin/sh", ["-c", "\(enter) { sleep 0.3; \(command); echo $? > rc; } | true; cat rc"],
      environment: environment)
    let heard = try await Run.program(
      "/bin/sh", ["-c", "\(enter) \(command)"], environment: environment)
    #expect(heard.status == 9 && heard.out.contains("One finding in e.jws."))
    #expect(unheard.out == "9\n")
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

  /// The profile as it was before it sent something, as a backup would bring it back.
  private func stop(_ person: Somebody) async throws {
    let copy = person.home + "/copy"
    try FileManager.default.copyItem(atPath: person.profile, toPath: copy)
    try await person("send", "albrecht", "-", stdin: Array("from the other copy".utf8)).expect(0)
    try FileManager.default.removeItem(atPath: person.profile)
    try FileManager.default.moveItem(atPath: copy, toPath: person.profile)
  }

  @Test func `discreet words hold no name where something is wrong`() async throws {
    let world = try World()
    let (_, mara) = try await world.couple()
    try await stop(mara)
    // The first of these sees the relationship stop.
    for words in [
      ["sync", "--json"], ["sync"], ["status"], ["status", "--json"], ["people"],
      ["people", "albrecht"], ["doctor"], ["doctor", "--json"], ["verify", "albrecht"],
      ["chat", "albrecht"], ["chat", "albrecht", "--json"], ["keys", "rotate", "albrecht"],
      ["consent", "amend", "albrecht"],
    ] {
      let run = try await mara.run(words + ["--discreet"], stdin: Array("x".utf8))
      #expect(!(run.out + run.err).contains("albrecht"), "\(words)")
    }
  }

  @Test func `discreet words hold no name where an invitation waits or is refused`() async throws {
    let world = try World()
    try await world.startRelay(["--postage", "required"])
    let ines = try world.person("ines")
    try await ines.makeTherapist()
    let waiting = try await ines("invite", "mara", "--discreet").expect(8)
    #expect(waiting.err.contains("alcove invite NAME") && !waiting.err.contains("mara"))
    world.stopRelay()
    let away = try await ines("invite", "mara", "--discreet", "--json").expect(5)
    #expect(!(away.out + away.err).contains("mara"))
  }

  @Test func `a stopped relationship has no number to compare`() async throws {
    let world = try World()
    let (_, mara) = try await world.couple()
    try await mara("verify", "albrecht", "--yes").expect(0)
    try await stop(mara)
    try await mara("sync").expect(9)
    let run = try await mara("verify", "albrecht").expect(9)
    #expect(run.out.isEmpty && !run.err.contains("compared before"))
    #expect(run.err.contains("Something came in the name of this device"))
    try await mara("verify", "albrecht", "--yes").expect(9)
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

  @Test func `a relationship that cannot be read is named by every command about everybody`()
    async throws
  {
    let world = try World()
    let (ines, _) = try await world.couple()
    try await ines.changeStore(
      "DELETE FROM record WHERE kind = 49 AND key = x'0000000000000001'")
    let doctor = try await ines("doctor").expect(1)
    #expect(doctor.out.contains("!!") && doctor.out.contains("person mara"))
    #expect(!doctor.err.contains("all is well"))
    #expect(doctor.out.contains("alcove invite NEW-NAME"))
    for words in [
      ["sync"], ["inbox"], ["outbox"], ["keys", "show"], ["consent", "show"], ["consent", "audit"],
      ["watch"],
    ] {
      let run = try await ines.run(words).expect(9)
      #expect((run.out + run.err).contains("mara"), "\(words)")
    }
    for words in [["status"], ["people"]] {
      #expect(try await ines.run(words).expect(0).out.contains("damaged"), "\(words)")
    }
  }

  @Test func `an unread message that does not open is no empty inbox`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await mara("send", "albrecht", "hello").expect(0)
    try await ines("sync").expect(0)
    try await ines.changeStore(
      "UPDATE record SET sealed = zeroblob(length(sealed)) WHERE kind = 48")
    #expect(try await ines("status").expect(0).out.contains("1 unread"))
    let inbox = try await ines("inbox").expect(9)
    #expect(inbox.err.contains("What is kept of mara is damaged"))
    #expect(!inbox.err.contains("Nothing unread"))
  }

  @Test func `a store that was emptied is damaged, and no profile to begin anew`() async throws {
    let world = try World()
    try await world.startRelay()
    let ines = try world.person("ines")
    try await ines.makeTherapist()
    let store = try FileHandle(forWritingTo: URL(filePath: ines.profile + "/store.sqlite"))
    try store.truncate(atOffset: 0)
    try store.close()
    for words in [["doctor"], ["status"]] {
      let run = try await ines.run(words).expect(9)
      #expect(!(run.out + run.err).contains("alcove init"), "\(words)")
    }
  }
}
