// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The process is killed with -9 at its n-th write or post, for every n until it gets through.
@Suite(.enabled(if: Built.hasRelay)) struct `Killed at every write and every post` {
  /// Runs a command with a crash at 1, 2, 3, …; after each crash both sync and `check` looks.
  private func sweep(
    _ person: Somebody, _ words: [String], stdin: (Int) -> [UInt8] = { _ in [] },
    afterwards check: (Int, Bool) async throws -> Void
  ) async throws -> Int {
    for point in 1...200 {
      let run = try await person.run(words, stdin: stdin(point), crashAt: point)
      let crashed = run.status == 137
      try #require(crashed || run.status == 0, "\(point): \(run.err)")
      try await check(point, crashed)
      if !crashed { return point - 1 }
    }
    Issue.record("it never got through")
    return 200
  }

  @Test func `a message is delivered exactly once, or was never taken`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    var last: [String] = []
    let points = try await sweep(mara, ["send", "albrecht", "-"], stdin: { Array("m\($0)".utf8) }) {
      point, crashed in
      try await mara("sync").expect(0)
      try await ines("sync").expect(0)
      let (sent, got) = (
        try await mara.texts(with: "albrecht"), try await ines.texts(with: "mara")
      )
      #expect(sent.map { "<" + $0.dropFirst() } == got)
      #expect(Set(got).count == got.count)
      #expect(got.starts(with: last) && got.count <= last.count + 1)
      if !crashed { #expect(got.last == "< m\(point)") }
      last = got
    }
    #expect(points >= 4, "only \(points) crash points were passed")
    try await agree(ines, mara)
  }

  @Test func `a change of keys, a withdrawal and a sync survive too`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    _ = try await sweep(ines, ["keys", "rotate", "mara"]) { _, _ in
      try await ines("sync").expect(0)
      try await mara("sync").expect(0)
    }
    try await agree(ines, mara)
    try await mara("send", "albrecht", "-", stdin: Array("one".utf8)).expect(0)
    _ = try await sweep(ines, ["sync"]) { _, _ in }
    #expect(try await ines.texts(with: "mara") == ["< one"])
    _ = try await sweep(
      mara, ["consent", "withdraw", "albrecht", "--scope", "questionnaires", "--yes"]
    ) { _, _ in
      try await mara("sync").expect(0)
      try await ines("sync").expect(0)
    }
    try await agree(ines, mara)
    try await mara("send", "albrecht", "-", stdin: Array("two".utf8)).expect(0)
    try await ines("sync").expect(0)
    #expect(try await ines.texts(with: "mara") == ["< one", "< two"])
  }

  @Test func `inviting, accepting and founding survive too`() async throws {
    let world = try World()
    let (ines, mara) = try await world.strangers()
    _ = try await sweep(ines, ["invite", "mara", "--json"]) { _, _ in }
    let link = try await ines.invitation(of: "mara")
    // Once the answer is durable the same command says that it was given.
    for point in 1...200 {
      let run = try await mara.run(
        ["accept", link, "--name", "albrecht", "--sign-as", "M.", "--scope", "text=yes", "--yes"],
        crashAt: point)
      if run.status != 137 { break }
    }
    for person in [mara, ines, mara, ines] {
      _ = try await sweep(person, ["sync"]) { _, _ in }
    }
    for person in [mara, ines, mara] { try await person("sync").expect(0) }
    try await mara("send", "albrecht", "-", stdin: Array("here".utf8)).expect(0)
    try await ines("sync").expect(0)
    #expect(try await ines.texts(with: "mara") == ["< here"])
    try await agree(ines, mara)
  }

  @Test func `init leaves a whole profile or none`() async throws {
    let world = try World()
    let mara = try world.person("mara")
    for point in 1...200 {
      let words = mara.home + "/words\(point)"
      let run = try await mara.run(
        ["init", "--role", "client", "--recovery-words-file", words, "--yes"], crashAt: point)
      let status = try await mara("status").status
      if run.status == 0 {
        #expect(status == 0)
        break
      }
      try #require(run.status == 137)
      if status == 0 { break }
      #expect(status == 10)
    }
  }

  private func agree(_ ines: Somebody, _ mara: Somebody) async throws {
    // A lock turns at random too, with one message of 200, and the other side has yet to read it.
    for person in [ines, mara, ines] { try await person("sync").expect(0) }
    try await ines("consent", "audit", "mara").expect(0)
    try await mara("consent", "audit", "albrecht").expect(0)
    func heads(_ person: Somebody, _ peer: String) async throws -> [String?] {
      let consent = try await person("consent", "show", peer, "--json").expect(0).objects.first
      let keys = try await person("keys", "show", "--json").expect(0).objects.first
      let rows = keys?["relationships"] as? [[String: Any]]
      return [consent?["head"] as? String, (rows?.first?["epoch"] as? Int).map(String.init)]
    }
    let (one, other) = (try await heads(ines, "mara"), try await heads(mara, "albrecht"))
    #expect(one == other && one[0] != nil && one[1] != nil)
  }
}
