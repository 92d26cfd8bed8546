// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import RelayProtocol
import Testing

/// The command of the operator: what it says, what it exits with, what it leaves.
@Suite(.serialized) struct CommandTests: OperatorSuite {
  let folder: URL

  init() throws { folder = try RelayProcess.temporaryFolder() }

  @Test func `a relay is made once, for its owner alone`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try run("init", "--directory", home.path, "--json")
    #expect(made.status == 0)
    #expect((made.value("fingerprint") as? String)?.count == 32)
    let again = try run("init", "--directory", home.path)
    #expect(again.status == 1 && again.output.isEmpty)
    #expect(again.errors.contains("alcove-relay serve"))
    func mode(_ url: URL) throws -> Int? {
      let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
      return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
    #expect(try mode(home) == 0o700)
    for name in [
      "identity.key", "postage.key", "authority.key", "authority.pem", "certificate.key",
      "certificate.pem",
      "relay.yaml", "relay.sqlite",
    ] {
      #expect(try mode(home.appending(path: name)) == 0o600)
    }
    #expect(try run("check", "--directory", home.path, "--port", "0").status == 0)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: home.appending(path: "identity.key").path)
    let open = try run("check", "--directory", home.path, "--port", "0")
    #expect(open.status == 1 && open.errors.contains("chmod"))
  }

  @Test func `a relay is copied while it serves, and made again out of the copy`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let member = try TestMember(seed: 5)
    let copy = folder.appending(path: "copy")
    let relay = try RelayProcess(serving: home, log: log)
    #expect(try await relay.ask(member.create()).status == 201)
    #expect(try await relay.ask(member.append()).status == 201)
    let blob = BlobID(random: member.random)
    let part = member.random.bytes(PartIndex.partLength)
    #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
    #expect(try await relay.ask(member.part(blob, "0", part)).status == 204)
    #expect(try await relay.ask(member.seal(blob, [part])).status == 204)
    let old = try await relay.ask(member.read())["alcove-incarnation"]
    #expect(try run("backup", "--directory", home.path, "--to", copy.path).status == 0)
    let twice = try run("backup", "--directory", home.path, "--to", copy.path)
    #expect(twice.status == 1 && twice.errors.contains("untouched"))
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    #expect(try run("check", "--directory", copy.path, "--port", "0").status == 0)

    let again = folder.appending(path: "again")
    #expect(try run("restore", "--from", copy.path, "--directory", home.path).status == 1)
    #expect(try run("restore", "--from", copy.path, "--directory", again.path).status == 0)
    // A copy that was cut short is found before anything is made of it.
    let cut = try FileHandle(forWritingTo: copy.appending(path: "relay.sqlite"))
    try cut.truncate(atOffset: 5_000)
    try cut.close()
    let none = again.path + "-not"
    #expect(try run("restore", "--from", copy.path, "--directory", none).status == 9)
    #expect(!FileManager.default.fileExists(atPath: none))
    #expect(
      try run("check", "--directory", again.path, "--port", "0", "--json").value("store") as? String
        == "ok")
    let restored = try RelayProcess(serving: again, log: log)
    let answer = try await restored.ask(member.read())
    #expect(answer["alcove-incarnation"] != old)
    #expect(try answer.body.frames.count == 2)
    #expect(try await restored.ask(member.readBlob(blob)).body == part)
    let early = try await restored.ask(member.append())
    #expect(early.status == 503)
    #expect(String(decoding: early.body, as: UTF8.self).contains("recovering"))
    restored.send(SIGTERM)
    #expect(restored.wait() == 0)
    #expect(try run("clock", "confirm", "--directory", again.path).status == 0)
  }

  @Test func `errors say what happened, what to do next, and end with a code of their own`() throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    for command in ["serve", "check", "status", "inspect"] {
      let missing = try run(command, "--directory", home.path)
      #expect(missing.status == 10)
      #expect(missing.errors.contains("alcove-relay init"))
    }
    #expect(try run("nonsense").status == 64)
    #expect(try run("init", "--directory", home.path).status == 0)
    for host in ["0.0.0.0", "192.0.2.1", "example.com"] {
      let refused = try run("serve", "--directory", home.path, "--host", host, "--tls", "off")
      #expect(refused.status == 64 && refused.errors.contains("loopback"))
    }
    let json = try run(
      "serve", "--directory", home.path, "--host", "0.0.0.0", "--tls", "off", "--json")
    let object =
      try JSONSerialization.jsonObject(with: Data(json.errors.utf8)) as? [String: Any]
    #expect(object?["type"] as? String == "error" && object?["exit"] as? Int == 64)
  }

  @Test func `a relay that lost a part of itself is neither served nor made anew`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    func spoil(_ change: (URL) throws -> Void) throws -> URL {
      let copy = folder.appending(path: UUID().uuidString)
      try FileManager.default.copyItem(at: home, to: copy)
      try change(copy)
      return copy
    }
    for name in ["relay.sqlite", "identity.key"] {
      let copy = try spoil {
        try FileManager.default.removeItem(at: $0.appending(path: name))
      }
      let before = try FileManager.default.subpathsOfDirectory(atPath: copy.path).sorted()
      for command in ["serve", "check", "init"] {
        let result = try run(command, "--directory", copy.path)
        #expect(result.status == 9, "\(name) \(command)")
      }
      #expect(try run("serve", "--directory", copy.path).errors.contains("restore --from"))
      #expect(try FileManager.default.subpathsOfDirectory(atPath: copy.path).sorted() == before)
    }
    // Emptied is not new.
    for name in ["relay.sqlite", "identity.key"] {
      let copy = try spoil { try Data().write(to: $0.appending(path: name)) }
      for command in ["serve", "check"] {
        #expect(try run(command, "--directory", copy.path, "--port", "0").status == 9)
      }
    }
    for name in ["relay.sqlite", "certificate.key"] {
      let copy = try spoil {
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o644], ofItemAtPath: $0.appending(path: name).path)
      }
      for command in ["serve", "check"] {
        let result = try run(command, "--directory", copy.path, "--port", "0", "--tls", "on")
        #expect(result.status == 1 && result.errors.contains("chmod"), "\(name) \(command)")
      }
    }
  }

  @Test func `whoever has the port already is named, and half a copy does not stay`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let (place, settings) = (home.path, folder.path)
    try await LiveRelay.run { other in
      for options in [
        ["--port", "\(other.port)"], ["--port", "0", "--operations", "127.0.0.1:\(other.port)"],
      ] {
        let taken = try RelayProcess.run(["serve", "--directory", place] + options)
        #expect(taken.status == 1 && taken.errors.contains("listens on port \(other.port)"))
      }
      let nowhere = try RelayProcess.run([
        "serve", "--directory", place, "--port", "0", "--host", "192.0.2.1", "--tls", "on",
      ])
      #expect(nowhere.status == 1 && nowhere.errors.contains("no address 192.0.2.1"))
    }
    try Data("damaged".utf8).write(to: home.appending(path: "relay.sqlite"))
    let nothing = try run("restore", "--from", settings + "/none", "--directory", home.path)
    #expect(nothing.status == 10 && nothing.errors.contains("/none"))
    let copy = settings + "/copy"
    #expect(try run("backup", "--directory", home.path, "--to", copy).status != 0)
    #expect(!FileManager.default.fileExists(atPath: copy))
  }

  @Test func `one process serves a relay, others look at it`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let relay = try RelayProcess(serving: home, log: log)
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    #expect(try await relay.ask(member.append()).status == 201)
    let second = try run("serve", "--directory", home.path, "--port", "0")
    #expect(second.status == 11)
    let blob = BlobID(random: member.random)
    let part = [UInt8](repeating: 1, count: PartIndex.partLength)
    #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
    #expect(try await relay.ask(member.part(blob, "7", part)).status == 204)
    let status = try run("status", "--directory", home.path, "--json")
    #expect(status.value("blobs") as? Int == 1 && status.value("blob_bytes") as? Int == 1 << 20)
    #expect(status.value("channels") as? Int == 1 && status.value("envelopes") as? Int == 1)
    let inspection = try run("inspect", "--directory", home.path, "--json")
    let itself = inspection.value("relay") as? [String: Any]
    #expect(itself?["incarnation"] as? String != nil && itself?["last_day"] as? Int != nil)
    let text = try run("inspect", "--directory", home.path).output
    #expect(text.hasPrefix("incarnation ") || text.contains("\nincarnation "))
    #expect(text.contains(", arrival 1  id "))
    let channels = inspection.value("channels") as? [[String: Any]]
    #expect(channels?.first?["channel"] as? String == TestMember.text(member.channel.bytes))
    let blobs = channels?.first?["blobs"] as? [[String: Any]]
    #expect(blobs?.first?["id"] as? String == TestMember.text(blob.bytes))
    #expect(blobs?.first?["state"] as? String == "open")
    #expect((blobs?.first?["parts"] as? [Any])?.count == 1)
    #expect(try run("check", "--directory", home.path, "--port", "0").status == 0)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
  }

  @Test func `a flipped byte is found by check, with its exit code`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let relay = try RelayProcess(serving: home, log: log)
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    var append = member.append()
    append.body = [UInt8](repeating: 0xAB, count: 1_024)
    #expect(try await relay.ask(append).status == 201)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    let file = home.appending(path: "relay.sqlite")
    var bytes = Array(try Data(contentsOf: file))
    let body = try #require(bytes.firstRange(of: append.body))
    bytes[body.lowerBound + 100] ^= 1
    try Data(bytes).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    let found = try run("check", "--directory", home.path, "--port", "0")
    #expect(found.status == 9)
  }

  @Test func `SIGTERM ends open follows with a word, and the command with 0`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let relay = try RelayProcess(serving: home, log: log)
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    try await RawConnection.open(relay.port) { connection in
      var stream = FrameStream()
      try await connection.send(TestMember.follow([member.subscription()]).bytes)
      #expect(try await connection.head().status == 200)
      #expect(try await stream.next(&connection)?.isCaughtUp == true)
      relay.send(SIGHUP)
      relay.send(SIGTERM)
      #expect(try await stream.next(&connection)?.isBye == true)
    }
    #expect(relay.wait() == 0)
    for line in relay.logged.split(separator: "\n") {
      let isDrained = line.contains(" drained followers=1 milliseconds=")
      #expect(line.hasSuffix("started") || line.hasSuffix("draining") || isDrained, "\(line)")
    }
  }

  @Test func `no token and no turn secret lies in the directory or the log`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let relay = try RelayProcess(serving: home, log: log)
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    #expect(try await relay.ask(member.append()).status == 201)
    let (turn, next) = member.turning()
    #expect(try await relay.ask(turn).status == 201)
    #expect(try await relay.ask(member.append()).status == 409)
    #expect(try await relay.ask(next.append().with("Alcove-At", "bad")).status == 400)
    #expect(try await relay.ask(next.append()).status == 201)
    let blob = BlobID(random: member.random)
    #expect(try await relay.ask(next.makeBlob(blob)).status == 201)
    for (index, byte) in ([1, 2] as [UInt8]).enumerated() {
      let part = [UInt8](repeating: byte, count: PartIndex.partLength)
      #expect(try await relay.ask(next.part(blob, "\(index)", part)).status == 204)
    }
    // While it runs, so that the write-ahead log is looked at as well.
    let everything = try FileManager.default.subpathsOfDirectory(atPath: home.path)
    var files = everything.map { home.appending(path: $0) }.filter { url in
      (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
    }
    files.append(log)
    #expect(files.count >= 6)
    // Names of files tell neither a blob nor a channel, and nothing that they share with each other.
    for id in [blob.bytes, member.channel.bytes] {
      for form in [Hex.encode(id), Base64URL.encode(id)] {
        #expect(!everything.contains { $0.contains(form.prefix(16)) })
      }
    }
    let names = everything.filter { $0.contains("-blobs/") && $0.count > 40 }
    #expect(names.count == 2 && names[0].suffix(32).prefix(8) != names[1].suffix(32).prefix(8))
    let secrets = [member, next].flatMap {
      [$0.token.secret.exposedBytes(), $0.turn.secret.exposedBytes()]
    }
    for file in files {
      let bytes = try Data(contentsOf: file)
      for secret in secrets {
        let forms = [
          secret, Array(Hex.encode(secret).utf8), Array(Base64URL.encode(secret).utf8),
          Array(Data(secret).base64EncodedString().utf8),
        ]
        for form in forms { #expect(bytes.range(of: Data(form)) == nil) }
      }
    }
    let channel = Array(TestMember.text(member.channel.bytes).utf8)
    #expect(Array(relay.logged.utf8).firstRange(of: channel) == nil)
    relay.send(SIGTERM)
    relay.wait()
  }
}
