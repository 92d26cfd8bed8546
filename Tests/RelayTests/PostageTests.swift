// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postage
import Primitives
import RelayProtocol
import Testing

@testable import Relay

/// What a relay takes as postage, and what becomes of what it does not take.
@Suite(.serialized) struct PostageTests {
  /// Made once: a key takes a second.
  private static let issuer = Result { try PostagePrivateKey() }
  private static let older = Result { try PostagePrivateKey() }

  private static func token(
    _ issuer: PostagePrivateKey, identity: [UInt8] = LiveRelay.identity.publicKey
  ) throws -> String {
    let pending = try PendingPostage(
      issuer.publicKey, challenge: PostageChallenge.digest(identity: identity),
      random: SystemRandom())
    return TestMember.text(try pending.token(try issuer.answer(pending.request)).bytes)
  }

  private static func counted(_ relay: LiveRelay) -> [String: UInt64] {
    Dictionary(uniqueKeysWithValues: relay.metrics.postage.all.map { ($0.value, $0.count) })
  }

  @Test func `a channel is paid for with a token of a key that the relay shows`() async throws {
    let issuer = try Self.issuer.get()
    let older = try Self.older.get()
    try await LiveRelay.run(postage: [issuer.publicKey, older.publicKey]) { relay in
      let answer = try await relay.ask(RawRequest(method: "GET", path: "/v1/relay", fields: []))
      let description = try JSONDecoder().decode(RelayDescription.self, from: Data(answer.body))
      #expect(description.requiresPostage == true)
      let keys = try #require(description.keys)
      #expect(keys.map { Base64URL.decode($0) } == [issuer.publicKey.bytes, older.publicKey.bytes])

      let member = try TestMember(seed: 1)
      let missing = try await relay.ask(member.create())
      #expect(missing.status == 402 && missing.problem == "postage-required")
      let token = try Self.token(issuer)
      let made = try await relay.ask(member.create().with("Alcove-Postage", token))
      #expect(made.status == 201 && made["alcove-expires"] != nil)
      #expect(try await relay.ask(member.create().with("Alcove-Postage", token)).status == 200)
      #expect(try await relay.ask(member.create()).status == 200)
      let other = try TestMember(seed: 2)
      let spent = try await relay.ask(other.create().with("Alcove-Postage", token))
      #expect(spent.status == 409 && spent.problem == "postage-spent")
      // The key before is good for what was issued under it.
      let old = try Self.token(older)
      #expect(try await relay.ask(other.create().with("Alcove-Postage", old)).status == 201)
      #expect(
        Self.counted(relay)
          == [
            "spent": 2, "again": 1, "postage-required": 1, "postage-invalid": 0,
            "postage-spent": 1,
          ])
      #expect(
        relay.metrics.exposition().contains("alcove_relay_postage_total{result=\"spent\"} 2\n"))
    }
  }

  @Test func `what is no token of this relay is refused, and nothing of it comes back`()
    async throws
  {
    let issuer = try Self.issuer.get()
    try await LiveRelay.run(postage: [issuer.publicKey]) { relay in
      let member = try TestMember(seed: 1)
      let good = try Self.token(issuer)
      var bits = try #require(Base64URL.decode(good))
      bits[200] ^= 1
      for bad in [
        TestMember.text(bits), try Self.token(try Self.older.get()),
        try Self.token(issuer, identity: [UInt8](repeating: 8, count: 32)),
        TestMember.text([UInt8](repeating: 0, count: 354)),
      ] {
        let answer = try await relay.ask(member.create().with("Alcove-Postage", bad))
        #expect(answer.status == 403 && answer.problem == "postage-invalid")
      }
      for bad in ["", "CANARY", good + "A", good + "=", String(good.dropLast()), good + good] {
        let answer = try await relay.ask(member.create().with("Alcove-Postage", bad))
        #expect(answer.status == 403 && answer.problem == "postage-invalid")
        #expect(!answer.text.contains("CANARY"))
      }
      var twice = member.create().with("Alcove-Postage", good)
      twice.fields.append(("Alcove-Postage", good))
      #expect(try await relay.ask(twice).status == 400)
      #expect(try await relay.ask(member.create().with("Alcove-Postage", good)).status == 201)
    }
  }

  @Test func `a token that many connections spend at once makes one channel`() async throws {
    let issuer = try Self.issuer.get()
    try await LiveRelay.run(postage: [issuer.publicKey]) { relay in
      let token = try Self.token(issuer)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for seed in UInt64(1)...40 {
          tasks.addTask {
            let request = try TestMember(seed: seed).create().with("Alcove-Postage", token)
            return try await relay.ask(request).status
          }
        }
        return try await tasks.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [201: 1, 409: 39])
    }
  }

  @Test func `more time costs a token, and every refusal is its own`() async throws {
    let issuer = try Self.issuer.get()
    try await LiveRelay.run(postage: [issuer.publicKey]) { relay in
      let member = try TestMember(seed: 1)
      let made = try await relay.ask(
        member.create().with("Alcove-Postage", try Self.token(issuer)))
      let token = try Self.token(issuer)
      let missing = try await relay.ask(member.extend())
      #expect(missing.status == 402 && missing.problem == "postage-required")
      let first = try await relay.ask(member.extend().with("Alcove-Postage", token))
      #expect(first.status == 200 && first["alcove-expires"] == made["alcove-expires"])
      #expect(try await relay.ask(member.extend().with("Alcove-Postage", token)).status == 200)
      var bits = try #require(Base64URL.decode(token))
      bits[5] ^= 1
      let forged = try await relay.ask(
        member.extend().with("Alcove-Postage", TestMember.text(bits)))
      #expect(forged.status == 403 && forged.problem == "postage-invalid")
      let other = try TestMember(seed: 2)
      let absent = try await relay.ask(other.extend().with("Alcove-Postage", token))
      #expect(absent.status == 404 && absent.problem == "no-such-channel")
      #expect(
        try await relay.ask(
          other.create().with("Alcove-Postage", try Self.token(issuer))
        ).status == 201)
      let spent = try await relay.ask(other.extend().with("Alcove-Postage", token))
      #expect(spent.status == 409 && spent.problem == "postage-spent")
      let (turn, _) = member.turning()
      #expect(try await relay.ask(turn).status == 201)
      let retired = try await relay.ask(
        member.extend().with("Alcove-Postage", try Self.token(issuer)))
      #expect(retired.status == 409 && retired.problem == "token-retired")
      #expect(try await relay.ask(member.extend().with("Authorization", nil)).status == 400)
    }
  }

  @Test func `an open relay asks for nothing and spends nothing`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(
        try await relay.ask(member.create().with("Alcove-Postage", "nonsense")).status == 201)
      #expect(try await relay.ask(member.extend()).status == 200)
      #expect(Self.counted(relay).values.allSatisfy { $0 == 0 })
    }
  }

  @Test func `who pays is not counted by address, and a bad or spent token is`() async throws {
    let issuer = try Self.issuer.get()
    var limits = RelayLimits()
    limits.exemptsLoopback = false
    limits.creationsPerMinute = 3
    limits.handshakesPerSecond = 1_000
    try await LiveRelay.run(limits, postage: [issuer.publicKey]) { relay in
      let first = try Self.token(issuer)
      for seed in UInt64(1)...4 {
        let request = try TestMember(seed: seed).create()
          .with("Alcove-Postage", seed == 1 ? first : try Self.token(issuer))
        #expect(try await relay.ask(request).status == 201)
      }
      let spent = try TestMember(seed: 9).create().with("Alcove-Postage", first)
      #expect(try await relay.ask(spent).status == 409)
      let bad = try TestMember(seed: 9).create()
        .with("Alcove-Postage", TestMember.text([UInt8](repeating: 0, count: 354)))
      #expect(try await relay.ask(bad).status == 403)
      #expect(try await relay.ask(try TestMember(seed: 9).create()).status == 402)
      #expect(try await relay.ask(bad).status == 429)
      #expect(try await relay.ask(try TestMember(seed: 9).create()).status == 429)
      let paid = try TestMember(seed: 10).create()
        .with("Alcove-Postage", try Self.token(issuer))
      // No signature is looked at before some time has passed, and then who pays is not counted again.
      #expect(try await relay.ask(spent).status == 429)
      #expect(try await relay.ask(paid).status == 429)
    }
  }

  // MARK: The operator

  @Test func `an operator issues what the relay takes, and changes the key`() async throws {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    let made = try RelayProcess.run(["init", "--directory", home.path, "--name", "localhost"])
    #expect(made.status == 0 && made.output.contains("costs postage"))
    let plain = try RelayProcess.run([
      "init", "--directory", folder.appending(path: "open").path,
    ])
    #expect(plain.output.contains("open:"))
    let file = home.appending(path: "postage.key")
    let facts = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o600)

    let options = ["--port", "0", "--host", "127.0.0.1", "--tls", "off", "--postage", "required"]
    let log = folder.appending(path: "log")
    var relay = try RelayProcess(serving: home, log: log, options: options)
    func described() async throws -> (identity: [UInt8], keys: [PostageKey]) {
      let answer = try await relay.ask(RawRequest(method: "GET", path: "/v1/relay", fields: []))
      let description = try JSONDecoder().decode(RelayDescription.self, from: Data(answer.body))
      let keys = try (description.keys ?? []).map {
        try PostageKey(bytes: try #require(Base64URL.decode($0)))
      }
      return (try #require(Base64URL.decode(description.identity)), keys)
    }
    func request(_ count: Int) async throws -> [PendingPostage] {
      let (identity, keys) = try await described()
      return try (0..<count).map { _ in
        try PendingPostage(
          keys[0], challenge: PostageChallenge.digest(identity: identity), random: SystemRandom())
      }
    }
    func issue(_ text: String, _ options: String...) throws -> Command.Result {
      let place = folder.appending(path: "request")
      try Data(text.utf8).write(to: place)
      return try Command.run(
        "/bin/sh",
        [
          "-c", "exec \"$0\" postage issue --directory \"$1\" $2 < \"$3\"",
          RelayProcess.executable.path, home.path, options.joined(separator: " "), place.path,
        ])
    }

    let pending = try await request(2)
    let issued = try issue(PostageText.write(pending.map(\.request)))
    #expect(issued.status == 0 && issued.errors.contains("signed 2"))
    let answers = try PostageText.answers(in: issued.output)
    let tokens = try zip(pending, answers).map { TestMember.text(try $0.token($1).bytes) }
    let member = try TestMember(seed: 1)
    #expect(
      try await relay.ask(member.create().with("Alcove-Postage", tokens[0])).status == 201)

    let inspection = try RelayProcess.run(["inspect", "--directory", home.path, "--json"])
    let spent = try #require((inspection.value("postage") as? [[String: Any]])?.first)
    #expect(spent["channel"] as? String == TestMember.text(member.channel.bytes))
    let shown = try RelayProcess.run(["inspect", "--directory", home.path]).output
    #expect(shown.contains("paid for with token \(try #require(spent["nonce"] as? String))"))

    // Nothing is signed that is not asked for as it should be.
    #expect(try issue("nonsense").status == 64)
    #expect(try issue("").status == 64)
    let many = try issue(PostageText.write(pending.map(\.request)), "--most", "1")
    #expect(many.status == 1 && many.output.isEmpty)
    #expect(many.errors.contains("postage issue --directory \(home.path) --most 2"))
    var foreign = pending[0].request.bytes
    foreign[2] ^= 1
    let other = try issue(
      PostageText.write([pending[1].request, try PostageRequest(bytes: foreign)]))
    #expect(other.status == 1 && other.output.isEmpty && other.errors.contains("another relay"))

    // A new key: what was issued stays good, what was asked for does not.
    let before = try await described().keys
    let late = try await request(1)
    #expect(try RelayProcess.run(["postage", "rotate", "--directory", home.path]).status == 0)
    // The last bytes of both keys' ids may be the same.
    let waiting = try issue(PostageText.write(late.map(\.request)))
    #expect(waiting.status == 0 || waiting.errors.contains("start the relay again"))
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    relay = try RelayProcess(serving: home, log: log, options: options)
    let after = try await described().keys
    #expect(after.count == 2 && after[1] == before[0])
    if late[0].request.isFor(after[0].id) == false {
      #expect(try issue(PostageText.write(late.map(\.request))).status == 1)
    }
    let second = try TestMember(seed: 2)
    #expect(
      try await relay.ask(second.create().with("Alcove-Postage", tokens[1])).status == 201)
    relay.send(SIGTERM)
    relay.wait()
    // A key that was damaged is told as what it is.
    try Data("no key".utf8).write(to: file)
    let damaged = try RelayProcess.run(["serve", "--directory", home.path, "--port", "0"])
    #expect(damaged.status == 9 && damaged.errors.contains("postage.key"))
    let check = try RelayProcess.run(["check", "--directory", home.path, "--port", "0"])
    #expect(check.status == 9 && check.errors.contains("postage.key"))
    // What others can read is not used; what is gone, where something was paid, is not made in silence.
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
    #expect(try RelayProcess.run(["check", "--directory", home.path]).status == 1)
    try FileManager.default.removeItem(at: file)
    let lost = try RelayProcess.run(["serve", "--directory", home.path] + options)
    #expect(lost.status == 9 && lost.errors.contains("postage rotate"))
    #expect(!FileManager.default.fileExists(atPath: file.path))
    #expect(try RelayProcess.run(["postage", "rotate", "--directory", home.path]).status == 0)
    let again = try RelayProcess(serving: home, log: log, options: options)
    again.send(SIGTERM)
    again.wait()
  }
}

extension TestMember {
  func extend() -> RawRequest {
    RawRequest(
      method: "POST", path: "/v1/channel/extend",
      fields: [
        ("Alcove-Channel", Self.text(channel.bytes)),
        ("Authorization", "Bearer " + Self.text(token)),
      ])
  }
}
