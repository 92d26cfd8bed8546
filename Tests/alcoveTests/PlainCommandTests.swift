// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import alcove

/// What works, and what is said, without a profile and without a relay.
@Suite struct `Without a profile` {
  let world: World
  let nobody: Somebody

  init() throws {
    world = try World()
    nobody = try world.person("nobody")
  }

  private func alcove(_ arguments: String...) async throws -> Run {
    try await Run.program(
      try #require(Built.path("alcove")), arguments,
      environment: ["HOME": nobody.home, "PATH": "/usr/bin:/bin", "TZ": "UTC"])
  }

  @Test func `the version is one line`() async throws {
    let run = try await alcove("--version").expect(0)
    #expect(run.out == "alcove 0.1.0\n")
    #expect(try await alcove("version").expect(0).out == run.out)
  }

  @Test func `help lists the commands in groups`() async throws {
    let run = try await alcove("help").expect(0)
    #expect(Transcripts.difference(run.out, Transcripts.help, "help") == nil)
    #expect(try await alcove().expect(0).out == run.out)
    #expect(try await alcove("--help").expect(0).out == run.out)
  }

  @Test(arguments: [
    ["send"], ["consent", "withdraw"], ["keys", "rotate"], ["init"], ["accept"], ["explain"],
  ])
  func `the help of a command ends with examples and exit codes`(words: [String]) async throws {
    let run = try await Run.program(
      try #require(Built.path("alcove")), words + ["--help"],
      environment: ["HOME": nobody.home])
    try run.expect(0)
    let ending = run.out[try #require(run.out.range(of: "EXAMPLES:")).lowerBound...]
    #expect(ending.contains("alcove \(words.joined(separator: " "))"))
    #expect(ending.contains("EXIT CODES:\n  0    done"))
    #expect(run.out.contains("\n  64   wrong usage\n"))
    #expect(run.out.contains("USAGE: alcove \(words.joined(separator: " "))"))
  }

  @Test func `a missing profile is exit 10 with the next command`() async throws {
    for words in [
      ["status"], ["send", "mara", "x"], ["consent", "show"], ["keys", "show"], ["lock"],
    ] {
      let run = try await Run.program(
        try #require(Built.path("alcove")), words, environment: ["HOME": nobody.home])
      try run.expect(10)
      #expect(
        run.err == """
          alcove: There is no profile here yet.
            Nothing was sent.
            Next:  alcove init
            More:  alcove explain no-profile

          """)
    }
    let json = try await alcove("status", "--json").expect(10)
    #expect(json.out.isEmpty)
    #expect(
      json.err == #"{"v":1,"type":"error","code":"no-profile","exit":10,"#
        + #""message":"There is no profile here yet.","safe":"Nothing was sent.","#
        + #""next":["alcove init"]}"# + "\n")
  }

  @Test func `an unknown command is met with the one that was meant`() async throws {
    let run = try await alcove("stauts").expect(64)
    #expect(
      run.err == """
        alcove: There is no command "alcove stauts"; did you mean "alcove status"?
          Nothing was done.
          Next:  alcove status
                 alcove --help
          More:  alcove explain unknown-command

        """)
    #expect(
      try await alcove("consent", "withdrw", "x").expect(64).err.contains("consent withdraw\""))
    let json = try await alcove("stauts", "--json").expect(64)
    #expect(json.failure?["code"] as? String == "unknown-command")
    #expect(json.failure?["exit"] as? Int == 64)
  }

  @Test func `a wrong option is exit 64`() async throws {
    let run = try await alcove("paths", "--bogus", "--json").expect(64)
    #expect(run.failure?["code"] as? String == "usage")
    try await alcove("send").expect(64)
    try await alcove("paths", "--insecure-test-kdf").expect(64)
  }

  @Test func `options may stand before the command`() async throws {
    let run = try await alcove("--profile", "practice", "--json", "paths").expect(0)
    #expect(run.objects.first?["profile"] as? String == "practice")
  }

  @Test(arguments: [
    "save", "retention", "erase", "device", "backup", "restore", "recovery use",
  ])
  func `what is not built yet says so and is not listed`(command: String) async throws {
    let run = try await Run.program(
      try #require(Built.path("alcove")), command.split(separator: " ").map(String.init),
      environment: ["HOME": nobody.home]
    ).expect(1)
    #expect(run.err.contains("`alcove \(command)` is not built yet"))
    let listed = try await alcove("help").out.split(separator: "\n").map { $0.dropFirst(10) }
    #expect(!listed.contains { $0.hasPrefix("\(command) ") })
  }

  @Test(arguments: [
    (["invite", "mara", "--again"], "invite --again"),
    (["accept", "--qr", "code.png"], "accept --qr"), (["verify", "mara", "--qr"], "verify --qr"),
    (["send", "mara", "--file", "a.pdf"], "send --file"),
    (["send", "mara", "--image=a.png"], "send --image"), (["send", "--voice"], "send --voice"),
    (["keys", "rotate", "--identity"], "keys rotate --identity"),
  ])
  func `an option that is not built yet says so`(words: [String], what: String) async throws {
    let run = try await Run.program(
      try #require(Built.path("alcove")), words, environment: ["HOME": nobody.home]
    ).expect(1)
    #expect(run.err.contains("`alcove \(what)` is not built yet"))
    #expect(Coming.option(of: ["send"], among: ["mara", "--", "--file"]) == nil)
  }

  @Test func `nobody is told that the recovery words restore what they cannot`() async throws {
    let words = try await alcove("explain", "recovery", "--json").expect(0).out
    #expect(words.contains("restore nothing on another computer"))
    let damaged = try await alcove("explain", "vault-damaged", "--json").expect(0).out
    #expect(damaged.contains("brings nothing back from the recovery words"))
  }

  @Test func `paths follow XDG, and relative ones are ignored`() async throws {
    let program = try #require(Built.path("alcove"))
    let run = try await Run.program(
      program, ["paths"],
      environment: [
        "HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "relative", "ALCOVE_PROFILE": "p",
      ])
    #expect(
      run.out == """
        vault          /d/alcove/p/vault
        store          /d/alcove/p/store.sqlite
        lock           /d/alcove/p/lock
        configuration  /h/.config/alcove/config
        state          /h/.local/state/alcove/p

        """)
  }

  @Test func `an unknown key in the configuration is an error`() async throws {
    let folder = nobody.home + "/.config/alcove"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "colour = never\n".write(toFile: folder + "/config", atomically: true, encoding: .utf8)
    let run = try await alcove("status").expect(1)
    #expect(run.err.contains("config, line 1: unknown key \"colour\"; did you mean \"color\"?"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `there are completions`(shell: String) async throws {
    let run = try await alcove("completion", shell).expect(0)
    #expect(run.out.contains("withdraw"))
  }

  @Test func `manual pages are made from what it says of all its commands`() async throws {
    struct Dump: Decodable {
      struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var subcommands: [Command]?
        var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }
      }
      var command: Command
    }
    let run = try await alcove("--experimental-dump-help").expect(0)
    let dump = try JSONDecoder().decode(Dump.self, from: Data(run.out.utf8))
    #expect(
      Set(["send", "consent", "withdraw", "audit"]).isSubset(
        of: dump.command.all.map(\.commandName)))
    #expect(dump.command.all.allSatisfy { $0.abstract?.isEmpty == false })
  }

  @Test func `explain knows codes, topics and exit codes`() async throws {
    #expect(try await alcove("explain", "consent_withdrawn").expect(0).out.contains("exit code 7"))
    #expect(
      try await alcove("explain", "urn:alcove:error:relay-full").expect(0).out.contains(
        "exit code 8"))
    #expect(try await alcove("explain", "10").expect(0).out.contains("no profile"))
    #expect(
      try await alcove("explain", "verify").expect(0).out.contains("Twelve groups of five digits"))
    #expect(try await alcove("explain", "verfy").expect(3).err.contains("did you mean \"verify\""))
  }

  @Test func `an altered or foreign file is no export, and needs no profile to say so`()
    async throws
  {
    try nobody.write("{}\n", to: "foreign.jws")
    let run = try await alcove("consent", "verify", nobody.home + "/foreign.jws").expect(9)
    #expect(run.err.contains("explain audit"))
    try await alcove("consent", "verify", nobody.home + "/absent.jws").expect(1)
  }

  @Test func `without a terminal an unanswered question names its flag`() async throws {
    let run = try await nobody("init", "--role", "client")
    #expect(run.status == 64)
    #expect(run.err.contains("--recovery-words-file"))
    let named = try await nobody(
      "init", "--recovery-words-file", nobody.home + "/w", "--json")
    #expect(named.status == 64)
    #expect(named.failure?["code"] as? String == "answer-needed")
    #expect((named.failure?["message"] as? String)?.contains("--role") == true)
  }
}
