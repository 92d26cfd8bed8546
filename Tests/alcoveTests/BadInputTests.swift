// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What can go wrong, and what it gets: a clear error, its exit code, nothing lost.
@Suite(.enabled(if: Built.hasRelay)) struct `Bad input` {
  @Test func `a wrong passphrase is exit 4, in both forms`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    try mara.write("wrong\n", to: "other")
    let run = try await mara("status", passphrase: mara.home + "/other").expect(4)
    #expect(
      run.err == """
        alcove: That passphrase does not open this profile.
          Nothing was changed.
          Next:  alcove status
          More:  alcove explain wrong-passphrase

        """)
    let json = try await mara("status", "--json", passphrase: mara.home + "/other").expect(4)
    #expect(json.failure?["code"] as? String == "wrong-passphrase")
    try mara.write("", to: "empty")
    try await mara("status", passphrase: mara.home + "/empty").expect(4)
    try await mara("status", passphrase: mara.home + "/absent").expect(4)
  }

  @Test func `a passphrase comes from a descriptor or a command too`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    let program = try #require(Built.path("alcove"))
    let environment = ["HOME": mara.home, "PATH": "/usr/bin:/bin"]
    let secret = Array("correct horse mara\n".utf8)
    try await Run.program(
      program, ["status", "--passphrase-fd", "0"], environment: environment, stdin: secret
    ).expect(0)
    try await Run.program(
      program, ["status", "--passphrase-command", "cat \(mara.passphrase)"],
      environment: environment
    ).expect(0)
    try await Run.program(
      program, ["status", "--passphrase-command", "exit 3"], environment: environment
    ).expect(4)
    // Nobody to ask, no source.
    try await Run.program(program, ["status", "--json"], environment: environment).expect(4)
  }

  @Test func `the passphrase can be changed, and the vault re-keyed`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    try mara.write("a new one\n", to: "new")
    try await mara("passphrase", "--new-passphrase-file", mara.home + "/new").expect(0)
    try await mara("status").expect(4)
    try await mara("status", passphrase: mara.home + "/new").expect(0)
    try await mara("keys", "rotate", "--vault", passphrase: mara.home + "/new").expect(0)
    try await mara("status", passphrase: mara.home + "/new").expect(0)
    try await mara(
      "recovery", "test", "--recovery-words-file", mara.home + "/words",
      passphrase: mara.home + "/new"
    ).expect(0)
  }

  @Test func `an existing profile is never overwritten`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    let before = try Data(contentsOf: URL(filePath: mara.profile + "/vault"))
    try await mara(
      "init", "--role", "client", "--recovery-words-file", mara.home + "/again", "--yes"
    ).expect(1)
    #expect(try Data(contentsOf: URL(filePath: mara.profile + "/vault")) == before)
    #expect(!FileManager.default.fileExists(atPath: mara.home + "/again"))
  }

  @Test(arguments: [2, 8])
  func `commands at once on one profile all succeed`(count: Int) async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await withThrowingTaskGroup(of: Run.self) { group in
      for number in 0..<count {
        group.addTask { try await mara("send", "albrecht", "-", stdin: Array("m\(number)".utf8)) }
      }
      for try await run in group { try run.expect(0) }
    }
    try await ines("sync").expect(0)
    let texts = try await ines.texts(with: "mara")
    #expect(texts.sorted() == (0..<count).map { "< m\($0)" })
    #expect(try await mara.texts(with: "albrecht").count == count)
  }

  @Test func `while the relay is down a message is kept, and delivered once by the next sync`()
    async throws
  {
    let world = try World()
    let (ines, mara) = try await world.couple()
    world.stopRelay()
    let run = try await mara("send", "albrecht", "-", stdin: Array("kept".utf8)).expect(5)
    #expect(run.err.contains("Next:  alcove sync"))
    let json = try await mara("send", "albrecht", "-", "--json", stdin: Array("too".utf8))
    #expect(json.status == 5)
    #expect(json.objects.first?["delivery"] as? String == "waiting")
    #expect(json.failure?["code"] as? String == "relay-unreachable")
    #expect(try await mara("outbox", "--json").expect(0).objects.count == 2)
    try await mara("sync").expect(5)
    try await world.startRelay()
    try await mara("sync").expect(0)
    try await mara("sync").expect(0)
    try await ines("sync").expect(0)
    #expect(try await ines.texts(with: "mara") == ["< kept", "< too"])
    #expect(try await mara("outbox", "--json").expect(0).objects.isEmpty)
  }

  @Test func `a message is 1 to 1,000,000 bytes of text`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    let largest = [UInt8](repeating: 0x61, count: 1_000_000)
    try await mara("send", "albrecht", "-", stdin: largest).expect(0)
    for (bytes, code) in [
      (largest + [0x61], "message-too-long"), ([], "message-empty"),
      ([0x61, 0, 0x62], "message-not-text"), ([0x61, 0xFF, 0x62], "message-not-text"),
      ([0xC0, 0x80], "message-not-text"), ([0xED, 0xA0, 0x80], "message-not-text"),
    ] as [([UInt8], String)] {
      let run = try await mara("send", "albrecht", "-", "--json", stdin: bytes).expect(64)
      #expect(run.failure?["code"] as? String == code)
    }
    try await ines("sync").expect(0)
    #expect(try await ines.texts(with: "mara").map(\.utf8.count) == [1_000_002])
  }

  @Test func `somebody unknown is exit 3`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    for words in [["send", "nobody", "-"], ["read", "nobody"], ["verify", "nobody"]] {
      try await mara.run(words, stdin: Array("x".utf8)).expect(3)
    }
    try await mara("people", "no\u{1B}body").expect(64)
  }

  @Test func `a damaged vault is exit 9, wherever the byte lies`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    let vault = URL(filePath: mara.profile + "/vault")
    let whole = try Data(contentsOf: vault)
    for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 10)) {
      var damaged = whole
      damaged[damaged.startIndex + place] ^= 0x40
      try damaged.write(to: vault)
      let run = try await mara("status", "--json")
      #expect([9, 1].contains(run.status), "byte \(place): \(run.err)")
      #expect(["vault-damaged", "vault-newer"].contains(run.failure?["code"] as? String ?? ""))
    }
    try whole.write(to: vault)
    try await mara("status").expect(0)
  }

  @Test func `a damaged store is exit 9 and says what to do`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    let store = URL(filePath: mara.profile + "/store.sqlite")
    let whole = try Data(contentsOf: store)
    // Sealed records are the longest stretch without a zero behind the first page.
    var damaged = whole
    let bytes = Array(whole)
    var longest = 0..<0
    var start = 4096
    for place in 4096..<bytes.count where bytes[place] == 0 && bytes[place - 1] == 0 {
      if place - start > longest.count { longest = start..<place }
      start = place + 1
    }
    if bytes.count - start > longest.count { longest = start..<bytes.count }
    damaged[damaged.startIndex + longest.lowerBound + longest.count / 2] ^= 0x01
    try damaged.write(to: store)
    let run = try await mara("status", "--json").expect(9)
    #expect(run.failure?["code"] as? String == "store-damaged")
    let next = try #require(run.failure?["next"] as? [String])
    #expect(next.first == "alcove doctor")
    #expect(next.last?.hasSuffix("alcove invite NEW-NAME") == true)
    try Data("not a database".utf8).write(to: store)
    try await mara("status").expect(9)
    try whole.write(to: store)
    try await mara("status").expect(0)
  }

  @Test func `a store of a newer schema is left alone`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    let store = URL(filePath: mara.profile + "/store.sqlite")
    var newer = try Data(contentsOf: store)
    // SQLite's user_version, big-endian, at offset 60.
    newer[newer.startIndex + 63] = 99
    try newer.write(to: store)
    let run = try await mara("status", "--json").expect(1)
    #expect(run.failure?["code"] as? String == "store-newer")
    #expect(try Data(contentsOf: store)[newer.startIndex + 63] == 99)
  }

  @Test(arguments: ["", "/vault", "/store.sqlite"])
  func `what others can read is refused, with the command that mends it`(file: String) async throws
  {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    let path = mara.profile + file
    let (open, closed) = file.isEmpty ? (0o750, "700") : (0o640, "600")
    try FileManager.default.setAttributes([.posixPermissions: open], ofItemAtPath: path)
    let run = try await mara("status", "--json").expect(1)
    #expect(run.failure?["code"] as? String == "open-to-others")
    #expect(run.failure?["next"] as? [String] == ["chmod \(closed) \(path)"])
    try await mara("doctor").expect(1)
    try FileManager.default.setAttributes(
      [.posixPermissions: file.isEmpty ? 0o700 : 0o600], ofItemAtPath: path)
    try await mara("status").expect(0)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: mara.passphrase)
    try await mara("status").expect(4)
  }

  @Test(arguments: [
    "alcove:#", "alcove:#1/http://127.0.0.1:1/AAAA", "alcove:#9/x/y", "nonsense", "", "-",
  ])
  func `a link that is none is refused before anything is asked`(link: String) async throws {
    let world = try World()
    let mara = try world.person("mara")
    try await mara.makeClient()
    let run = try await mara("accept", link, "--json", "--yes")
    #expect(run.status == 64)
    #expect((run.failure?["code"] as? String)?.hasPrefix("link-") == true)
  }

  @Test func `an invitation is answered once, and not by its author`() async throws {
    let world = try World()
    let (ines, mara) = try await world.strangers()
    let thief = try world.person("thief")
    try await thief.makeClient()
    let link = try await ines.invitation(of: "mara")
    let answer = ["accept", link, "--sign-as", "M.", "--scope", "text=yes", "--yes", "--json"]
    #expect(try await ines.run(answer).status != 0)
    try await mara.run(answer).expect(0)
    let second = try await thief.run(answer).expect(1)
    #expect(second.failure?["code"] as? String == "invitation-answered")
    #expect(try await ines("invite", "mara", "--expires", "soon").status == 64)
  }

  @Test func `plain HTTP to another computer is no address of a relay`() async throws {
    let world = try World()
    let ines = try world.person("ines")
    for address in [
      "http://relay.example", "http://10.0.0.1:80", "nonsense", "ftp://127.0.0.1",
      "https://relay.example#pin", "http://127.0.0.1#00112233445566778899aabbccddeeff",
    ] {
      let run = try await ines(
        "init", "--role", "therapist", "--name", "I", "--relay", address,
        "--recovery-words-file", ines.home + "/w", "--yes", "--json"
      ).expect(64)
      #expect(run.failure?["code"] as? String == "relay-address")
    }
  }

  @Test func `a full disk loses nothing`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    guard let disk = try await SmallDisk(moving: mara.profile) else {
      print("a small disk cannot be mounted here: the test of a full disk is skipped")
      return
    }
    defer { disk.unmount() }
    try await mara("send", "albrecht", "-", stdin: Array("before".utf8)).expect(0)
    try disk.fill()
    let big = [UInt8](repeating: 0x62, count: 900_000)
    let run = try await mara("send", "albrecht", "-", "--json", stdin: big)
    #expect(run.status == 8)
    #expect(run.failure?["code"] as? String == "disk-full")
    try disk.empty()
    try await mara("send", "albrecht", "-", stdin: Array("after".utf8)).expect(0)
    try await ines("sync").expect(0)
    #expect(try await ines.texts(with: "mara") == ["< before", "< after"])
  }
}
