// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a mark in a relay's directory does, and what it must not do.
@Suite(.enabled(if: Built.hasRelay)) struct `A relay's directory` {
  @Test func `a relay that serves, or has a channel, is not cleared away whatever its mark says`()
    async throws
  {
    let world = try World()
    try await world.startRelay()
    let home = world.folder.appending(path: "relay")
    let mark = home.appending(path: "making").path
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: home.path).sorted()
    }
    let identity = try Data(contentsOf: home.appending(path: "identity.key"))
    #expect(FileManager.default.createFile(atPath: mark, contents: nil))
    // A relay without a channel yet: only its process tells that it is whole.
    let served = try await world.operate("init", "--json")
    #expect(served.status == 11)
    #expect(served.failure?["code"] as? String == "in-use")

    let channel = try await Run.program(
      "/usr/bin/curl",
      [
        "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", world.address + "/v1/channel",
        "-H", "Alcove-Channel: " + String(repeating: "A", count: 43),
        "-H", "Alcove-Class: relationship",
        "-H",
        "Alcove-Turn: \(String(repeating: "A", count: 43)).\(String(repeating: "A", count: 43))",
      ], environment: [:])
    #expect(channel.out == "201")
    world.stopRelay()
    let before = try names()
    let whole = try await world.operate("init", "--json")
    #expect(whole.status == 1)
    #expect(whole.failure?["code"] as? String == "exists")
    #expect((whole.failure?["next"] as? [String])?.first?.hasPrefix("rm ") == true)
    #expect(try names() == before)
    #expect(try Data(contentsOf: home.appending(path: "identity.key")) == identity)

    // What is said to do next does it.
    try FileManager.default.removeItem(atPath: mark)
    try await world.startRelay()
    world.stopRelay()
    let status = try await world.operate("status", "--json")
    #expect(status.objects.first?["channels"] as? Int == 1)
  }

  @Test func `a backup that was interrupted is called unfinished, and none is made of it`()
    async throws
  {
    let world = try World()
    try await world.startRelay()
    world.stopRelay()
    let copy = world.folder.appending(path: "copy").path
    try await world.operate("backup", "--to", copy).expect(0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: copy).contains("backup"))
    // As it stands until the copy is whole.
    try FileManager.default.moveItem(atPath: copy + "/backup", toPath: copy + "/copying")
    let program = try #require(Built.path("alcove-relay"))
    let target = world.folder.appending(path: "target").path
    for words in [
      ["restore", "--from", copy, "--directory", target], ["check", "--directory", copy],
      ["restore", "--unmarked", "--damaged", "--from", copy, "--directory", target],
      ["serve", "--directory", copy, "--port", "0"],
    ] {
      let refused = try await Run.program(program, words + ["--json"], environment: [:])
      #expect(refused.status == 1)
      #expect(refused.failure?["code"] as? String == "unfinished")
    }
    #expect(!FileManager.default.fileExists(atPath: target))
  }

  @Test func `check tells how far retention is behind what is set`() async throws {
    let world = try World()
    try await world.startRelay()
    world.stopRelay()
    let check = try await world.operate("check", "--port", "0", "--retention-days", "30", "--json")
    #expect(check.objects.first?["retention_lag_days"] as? Int == 0)
  }
}
