// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What is shown is what is signed, and what is signed is shown.
@Suite(.enabled(if: Built.hasRelay)) struct `Consent on the command line` {
  @Test func `a counter-signature shows every line it answers for, and signs what it showed`()
    async throws
  {
    let world = try World()
    let (ines, mara) = try await world.couple()
    let words = ["consent", "amend", "albrecht", "--scope", "recording=yes", "--yes"]
    try await mara.run(words).expect(0)
    try await mara("consent", "withdraw", "albrecht", "--scope", "questionnaires", "--yes")
      .expect(0)
    try await ines("sync").expect(0)
    let run = try await ines("consent", "acknowledge", "mara", "--yes").expect(0)
    #expect(run.err.contains("line 3  M. adds recording"))
    #expect(run.err.contains("line 4  M. withdraws questionnaires."))
    #expect(run.err.contains("Beyond the terms: recording"))
    #expect(run.err.contains("Once counter-signed: text messages, recording"))
    let history = try await ines("consent", "history", "mara").expect(0)
    #expect(history.out.contains("acknowledges line 3"))
    let again = try await ines("consent", "acknowledge", "mara", "--yes").expect(1)
    #expect(again.err.contains("Nothing waits"))
  }

  @Test func `a day that has passed or lies beyond the terms burns no invitation`() async throws {
    let world = try World()
    let (ines, mara) = try await world.strangers()
    for flags in [["--until", "2020-01-01"], ["--keep-days=-5"], ["--expires", "3660d"]] {
      let run = try await ines.run(["invite", "mara"] + flags).expect(64)
      #expect(!run.err.contains("ledger"))
    }
    let link = try await ines.invitation(of: "mara")
    let accept = ["accept", "--name", "albrecht", "--scope", "text=yes", "--yes"]
    for (flags, code) in [
      (["--until", "2020-01-01"], "day-passed"), (["--until", "2099-01-01"], "day-beyond-terms"),
    ] {
      let run = try await mara.run(
        accept + flags + ["--sign-as", "M.", "--json"], stdin: Array(link.utf8))
      #expect(run.status == 64 && run.failure?["code"] as? String == code)
    }
    let name = String(repeating: "M", count: 300)
    for bad in ["a\u{7}b", name] {
      try await mara.run(accept + ["--sign-as", bad], stdin: Array(link.utf8)).expect(64)
    }
    // Nothing was burnt: the link is still good.
    try await mara.run(accept + ["--sign-as", "M."], stdin: Array(link.utf8)).expect(0)
    let shown = try await mara("consent", "show").expect(0)
    #expect(shown.out.contains("albrecht") && shown.out.contains("Signed as: M.\n"))
    let early = try await mara(
      "consent", "amend", "albrecht", "--scope", "text=no", "--yes"
    ).expect(1)
    #expect(early.err.contains("on their computer: alcove sync"))
    #expect(early.err.contains("alcove consent withdraw albrecht"))
    for person in [ines, mara] { try await person("sync").expect(0) }
    try await mara("consent", "renew", "albrecht", "--until", "2020-01-01", "--yes").expect(64)
    try await ines("consent", "terms", "mara", "--until", "2020-01-01", "--yes").expect(64)
  }

  @Test func `a withdrawal that has not landed shows wherever consent does`() async throws {
    let world = try World()
    let (_, mara) = try await world.couple()
    world.stopRelay()
    try await mara("consent", "withdraw", "albrecht", "--yes").expect(5)
    let outbox = try await mara("outbox").expect(0)
    #expect(outbox.out.contains("consent withdrawn") && !outbox.err.contains("Nothing waits"))
    let person = try await mara("people", "albrecht", "--json").expect(0).objects.first
    let members = try #require(person?["person"] as? [String: Any])
    #expect(members["consent"] as? String == "ended" && members["waiting"] as? Int == 1)
    let history = try await mara("consent", "history", "albrecht").expect(0)
    #expect(history.err.contains("on its way"))
  }

  @Test func `a withdrawal where the channel has stopped is signed, and can be handed over`()
    async throws
  {
    let world = try World()
    let (_, mara) = try await world.couple()
    let copy = try world.person("copy")
    try FileManager.default.copyItem(atPath: mara.home + "/.local", toPath: copy.home + "/.local")
    try await copy.run(
      ["send", "albrecht"], stdin: Array("from the copy".utf8), passphrase: mara.passphrase
    ).expect(0)
    try await mara("sync").expect(9)
    let run = try await mara(
      "consent", "withdraw", "albrecht", "--scope", "questionnaires", "--yes"
    ).expect(9)
    #expect(run.err.contains("signed. It binds this device now"))
    #expect(
      run.err.contains("alcove consent withdraw albrecht --scope questionnaires --to FILE"))
    #expect(!run.err.contains("Nothing more is sent"))
    let history = try await mara("consent", "history", "albrecht").expect(0)
    #expect(history.err.contains("on its way"))
  }

  @Test func `a withdrawal of an answer is taken as a file before the answer was read`()
    async throws
  {
    let world = try World()
    let (ines, mara) = try await world.strangers()
    let link = try await ines.invitation(of: "mara")
    try await mara("accept", link, "--sign-as", "M.", "--scope", "text=yes", "--yes").expect(0)
    let file = world.folder.appending(path: "withdrawal.txt").path
    try await mara("consent", "withdraw", "albrecht", "--to", file, "--yes").expect(0)
    world.stopRelay()
    let early = try await ines("consent", "import", file).expect(5)
    #expect(early.err.contains("goes out with the next sync"))
    try await world.startRelay()
    let run = try await ines("consent", "import", file).expect(0)
    #expect(run.err.contains("the client's withdrawal is line 3"))
    try await ines("send", "mara", "-", stdin: Array("more".utf8)).expect(7)
  }

  @Test func `a file for a withdrawal is tried before anything is signed`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    let nowhere = mara.home + "/nowhere/file"
    try await mara("consent", "withdraw", "albrecht", "--to", nowhere, "--yes").expect(1)
    let person = try await mara("people", "albrecht", "--json").expect(0).objects.first
    let members = try #require(person?["person"] as? [String: Any])
    #expect(members["consent"] as? String == "in_force")
    let file = mara.home + "/withdrawal"
    try await mara("consent", "withdraw", "albrecht", "--to", file, "--yes").expect(0)
    for _ in 0..<2 {
      let run = try await ines("consent", "import", file).expect(0)
      #expect(run.err.contains("the client's withdrawal is line 3"))
    }
  }

  @Test func `what is kept is said to be kept, and nothing else is`() async throws {
    let world = try World()
    let (ines, mara) = try await world.strangers()
    let link = try await ines.invitation(of: "mara")
    world.stopRelay()
    let accepted = try await mara(
      "accept", link, "--sign-as", "M.", "--scope", "text=yes", "--yes"
    ).expect(5)
    #expect(!accepted.err.contains("kept") && accepted.err.contains("same command again"))
    let invited = try await ines("invite", "jonas").expect(5)
    #expect(invited.err.contains("the invitation is made and kept"))
    #expect(invited.err.contains("Next:  alcove invite jonas"))
    let picture = ines.home + "/picture.png"
    try ines.write("", to: "picture.png")
    let refused = try await ines("invite", "tom", "--png", picture).expect(1)
    #expect(refused.err.contains("File exists"))
    let people = try await ines("people", "--json").expect(0)
    #expect(!people.out.contains("tom"))
  }
}
