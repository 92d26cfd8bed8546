// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two people and a relay, as they see it; whole transcripts.
@Suite(.enabled(if: Built.hasRelay)) struct `A relationship on the command line` {
  @Test func `from init to audit, every line of it`() async throws {
    var told = try await story()
    // A lock turns at random too, with one message of 200: such a story is told again.
    func turns(_ text: String) -> Int { text.components(separatedBy: "new keys (epoch").count }
    for _ in 0..<3 where turns(told) > turns(Transcripts.story) { told = try await story() }
    #expect(Transcripts.difference(told, Transcripts.story, "story") == nil)
  }

  private func story() async throws -> String {
    let world = try World()
    try await world.startRelay()
    let ines = try world.person("ines")
    let mara = try world.person("mara")
    var log = ""
    func tell(_ person: Somebody, _ words: String..., stdin: String = "", exit: Int32 = 0)
      async throws
    {
      let run = try await person.run(words, stdin: Array(stdin.utf8)).expect(exit)
      log += "\(person.name)$ alcove \(words.joined(separator: " "))\n\(run.out)\(run.err)"
    }

    try await tell(
      ines, "init", "--name", "Dr. Ines Albrecht", "--role", "therapist", "--relay",
      world.address, "--licence", "licence 12345", "--jurisdiction", "Berlin",
      "--recovery-words-file", ines.home + "/words", "--yes")
    try await tell(
      mara, "init", "--role", "client", "--recovery-words-file", mara.home + "/words", "--yes")
    try await tell(ines, "invite", "mara", "--offer", "text", "--offer", "questionnaires")
    let link = try await ines.invitation(of: "mara")
    try await tell(
      mara, "accept", link, "--name", "albrecht", "--sign-as", "M.", "--scope", "text=yes",
      "--scope", "questionnaires=yes", "--yes")
    for person in [ines, mara, ines, mara] { try await tell(person, "sync") }
    try await tell(ines, "verify", "mara", "--yes")
    try await tell(ines, "send", "mara", "-", stdin: "Here is the sheet we spoke about.\nNo hurry.")
    try await tell(mara, "sync")
    try await tell(mara, "inbox")
    try await tell(mara, "read", "albrecht")
    try await tell(mara, "send", "albrecht", "Danke 🌧️")
    try await tell(ines, "sync")
    try await tell(ines, "read", "mara", "--last", "1")
    try await tell(ines, "keys", "rotate", "mara")
    try await tell(mara, "sync")
    try await tell(mara, "consent", "withdraw", "albrecht", "--scope", "questionnaires", "--yes")
    try await tell(ines, "sync")
    try await tell(
      ines, "send", "mara", "-", "--kind", "questionnaires", stdin: "PHQ-9", exit: 7)
    try await tell(ines, "consent", "history", "mara")
    try await tell(ines, "consent", "audit", "mara")
    try await tell(mara, "status")
    return normal(log, in: world)
  }

  @Test func `a withdrawal can be handed over as a file`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    world.stopRelay()
    let file = world.folder.appending(path: "withdrawal.txt").path
    try await mara("consent", "withdraw", "albrecht", "--to", file, "--yes").expect(0)
    try await mara("send", "albrecht", "-", stdin: Array("more".utf8)).expect(7)
    // Kept when the relay is away: it binds this device from the moment it was read.
    try await ines("consent", "import", file).expect(5)
    try await ines("send", "mara", "-", stdin: Array("more".utf8)).expect(7)
    try await world.startRelay()
    for person in [ines, mara, ines] { try await person("sync").expect(0) }
    try await ines("consent", "audit", "mara").expect(0)
    try await mara("consent", "audit", "albrecht").expect(0)
    let foreign = try await ines("consent", "import", ines.home + "/words", "--json")
    #expect(foreign.status == 9)
  }

  @Test func `an export with one flipped byte is found, wherever it lies`() async throws {
    let world = try World()
    let (ines, _) = try await world.couple()
    let export = try await ines("consent", "export", "mara").expect(0).output
    let object = try await ines("consent", "export", "mara", "--json").expect(0).objects
    #expect(object.map { $0["jws"] as? String } == [String(decoding: export, as: UTF8.self)])
    let path = world.folder.appending(path: "e.jws").path
    try Data(export).write(to: URL(filePath: path))
    try await ines("consent", "verify", path).expect(0)
    for place in stride(from: 0, to: export.count, by: max(1, export.count / 12)) {
      var damaged = export
      damaged[place] ^= 1
      try Data(damaged).write(to: URL(filePath: path))
      try await ines("consent", "verify", path).expect(9)
    }
  }

  @Test func `more scope than offered waits for a decision, less counts at once`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await mara("consent", "amend", "albrecht", "--scope", "text=no", "--yes").expect(0)
    try await mara("send", "albrecht", "-", stdin: Array("x".utf8)).expect(7)
    try await mara("consent", "amend", "albrecht", "--scope", "text=yes", "--yes").expect(0)
    try await ines("sync").expect(0)
    try await mara("sync").expect(0)
    try await mara("send", "albrecht", "-", stdin: Array("x".utf8)).expect(0)
    try await ines("consent", "end", "mara", "--dry-run").expect(0)
    try await ines("consent", "end", "mara").expect(64)
    try await ines("consent", "end", "mara", "--yes").expect(0)
    try await ines("send", "mara", "-", stdin: Array("x".utf8)).expect(7)
  }

  @Test func `new terms change nothing before the client has answered them`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await ines(
      "consent", "terms", "mara", "--offer", "text", "--offer", "live", "--yes"
    ).expect(0)
    try await mara("sync").expect(0)
    try await mara("send", "albrecht", "-", stdin: Array("before".utf8)).expect(0)
    try await mara("consent", "renew", "albrecht", "--scope", "voice=yes", "--yes").expect(64)
    try await mara(
      "consent", "renew", "albrecht", "--scope", "text=yes", "--scope", "live=yes", "--yes"
    ).expect(0)
    for person in [ines, mara] { try await person("sync").expect(0) }
    let consent = try await mara("consent", "show", "albrecht", "--json").expect(0).objects.first
    #expect(consent?["permitted"] as? [String] == ["text", "live"])
    try await mara("consent", "renew", "albrecht", "--until", "2028-06-30", "--yes").expect(0)
    try await ines("sync").expect(0)
    try await ines("consent", "acknowledge", "mara", "--yes").expect(0)
    for person in [mara, ines] { try await person("sync").expect(0) }
    try await ines("consent", "audit", "mara").expect(0)
  }

  @Test func `chat without a terminal sends lines and ends with its input`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await mara("chat", "albrecht", stdin: Array("one\ntwo\nthree".utf8)).expect(0)
    try await ines("sync").expect(0)
    #expect(try await ines.texts(with: "mara") == ["< one", "< two", "< three"])
  }

  @Test func `chat shows what came in while it was sending, once`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await ines("send", "mara", "-", stdin: Array("read before".utf8)).expect(0)
    try await mara("sync").expect(0)
    try await ines("send", "mara", "-", stdin: Array("on its way".utf8)).expect(0)
    let chat = try await mara("chat", "albrecht", "--last", "0", stdin: Array("one\ntwo".utf8))
      .expect(0)
    #expect(chat.out.components(separatedBy: "on its way").count == 2)
    #expect(!chat.out.contains("read before"))
    try await ines("send", "mara", "-", stdin: Array("once more".utf8)).expect(0)
    let json = try await mara("chat", "albrecht", "--json", stdin: Array("three".utf8)).expect(0)
    let came = json.objects.filter { $0["type"] as? String == "message" }
    #expect(came.compactMap { $0["text"] as? String } == ["once more"])
  }

  @Test func `chat says which line it refused, sends the others, and ends with the first refusal`()
    async throws
  {
    let world = try World()
    let (ines, mara) = try await world.couple()
    let nul = try await mara("chat", "albrecht", stdin: Array("one\0\ntwo\n".utf8)).expect(64)
    #expect(nul.out.contains("not sent: The message is not plain text"))
    #expect(nul.err.contains("More:  alcove explain message-not-text"))
    #expect(nul.err.contains("not kept") && !nul.err.contains("Nothing was sent"))
    // Latin-1, behind a line that is taken.
    let latin = try await mara(
      "chat", "albrecht", "--json", stdin: Array("three\nGr".utf8) + [0xFC, 0xDF, 0x0A]
    ).expect(64)
    // Where the lock turned meanwhile, what was sent is seen to arrive as well.
    let types = latin.objects.compactMap { $0["type"] as? String }
    #expect(types.filter { $0.hasSuffix("sent") } == ["sent", "not_sent"])
    let refused = latin.objects.first { $0["type"] as? String == "not_sent" }
    #expect(refused?["code"] as? String == "message-not-text")
    #expect(latin.failure?["code"] as? String == "message-not-text")
    let long = [UInt8](repeating: 0x78, count: 1_500_000) + Array("\nfour".utf8)
    let tooLong = try await mara("chat", "albrecht", stdin: long).expect(64)
    #expect(tooLong.out.contains("not sent: The message is longer than 1,000,000 bytes"))
    try await ines("sync").expect(0)
    #expect(try await ines.texts(with: "mara") == ["< two", "< three", "< four"])
  }

  @Test func `discreet shows initials and no text`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await mara("send", "albrecht", "-", stdin: Array("a secret".utf8)).expect(0)
    try await ines("sync").expect(0)
    let run = try await ines("inbox", "--discreet").expect(0)
    #expect(run.out.contains("M.") && !run.out.contains("mara") && !run.out.contains("secret"))
    let json = try await ines("read", "mara", "--discreet", "--json").expect(0)
    #expect(!json.out.contains("secret") && !json.out.contains("\"mara\""))
  }
}
