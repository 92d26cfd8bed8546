// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import RelayProtocol
import Testing

/// What lies in a relay's directory: what is missing, what is a backup, and what belongs to somebody else.
@Suite(.serialized) struct OperatorHomeTests: OperatorSuite {
  let folder: URL

  init() throws { folder = try RelayProcess.temporaryFolder() }

  private func code(_ result: Command.Result) throws -> String? {
    let object = try JSONSerialization.jsonObject(with: Data(result.errors.utf8)) as? [String: Any]
    return object?["code"] as? String
  }

  @Test
  func `a backup without a key of the relay's is damaged, and says whose files others can read`()
    throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path, "--name", "relay.example").status == 0)
    let copy = folder.appending(path: "copy").path
    #expect(try run("backup", "--directory", home.path, "--to", copy).status == 0)
    let (key, aside, new) = (copy + "/authority.key", folder.path + "/aside", folder.path + "/new")
    try FileManager.default.moveItem(atPath: key, toPath: aside)
    let refused = try run("restore", "--from", copy, "--directory", new, "--json")
    #expect(try refused.status == 9 && code(refused) == "authority")
    #expect(!FileManager.default.fileExists(atPath: new))
    try FileManager.default.moveItem(atPath: aside, toPath: key)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
    let readable = try run("restore", "--from", copy, "--directory", new, "--json")
    #expect(try code(readable) == "readable-by-others")
    #expect(readable.errors.contains("chmod -R go-rwx \(copy)"))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: copy)
    #expect(try run("restore", "--from", copy, "--directory", new).status == 0)
  }

  @Test(.enabled(if: geteuid() == 0))
  func `a relay of another account is not taken for none`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    // Up to it everybody may go.
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    let tool = folder.appending(path: "alcove-relay").path
    try FileManager.default.copyItem(at: RelayProcess.executable, to: URL(filePath: tool))
    let stranger = try Command.run(
      "/usr/bin/setpriv",
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", tool, "status", "--json"]
        + ["--directory", home.path])
    #expect(try stranger.status == 1 && code(stranger) == "unavailable")
    #expect(!stranger.errors.contains("init"))
  }

  @Test func `a backup is no relay until it is restored`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let copy = folder.appending(path: "a copy").path
    let relay = try RelayProcess(serving: home, log: log)
    let made = try run("backup", "--directory", home.path, "--to", copy)
    // What is said to do next does it while the relay has the port.
    #expect(made.output.contains("Next:  alcove-relay check --directory '\(copy)'"))
    let port = String(relay.port)
    #expect(try run("check", "--directory", copy, "--port", port).status == 0)
    let served = folder.appending(path: "served").path
    let running = try run(
      "restore", "--unmarked", "--from", home.path, "--directory", served, "--json")
    #expect(running.status == 11)
    #expect(try code(running) == "in-use")
    relay.send(SIGTERM)
    relay.wait()

    for words in [
      ["serve", "--port", "0"], ["clock", "confirm"], ["postage", "rotate"],
      ["certificate", "--name", "relay.example"],
    ] {
      let before = try contents(copy)
      let refused = try RelayProcess.run(words + ["--directory", copy, "--json"])
      #expect(refused.status == 1)
      #expect(try code(refused) == "backup", "\(words)")
      #expect(refused.errors.contains("restore --from"))
      #expect(try contents(copy) == before)
    }
    // A relay that stands still is not taken for a backup, unless the operator says so.
    let other = folder.appending(path: "other").path
    let unmarked = try run("restore", "--from", home.path, "--directory", other, "--json")
    #expect(unmarked.status == 1)
    #expect(try code(unmarked) == "unmarked")
    #expect(!FileManager.default.fileExists(atPath: other))
    #expect(
      try run("restore", "--unmarked", "--from", home.path, "--directory", other).status == 0)

    let again = folder.appending(path: "again").path
    let restored = try run("restore", "--from", copy, "--directory", again)
    #expect(restored.status == 0 && restored.output.contains("15 minutes"))
    #expect(try run("status", "--directory", again).output.contains("15 minutes"))
    #expect(try run("status", "--directory", again, "--json").value("recovering") as? Bool == true)
    #expect(
      try run("status", "--directory", home.path, "--json").value("recovering") as? Bool == false)
    // A copy of the copy is a backup too; what was restored is none.
    let second = copy + " 2"
    #expect(try run("backup", "--directory", copy, "--to", second).status == 0)
    #expect(try run("serve", "--directory", second, "--port", "0").status == 1)
    let socket = folder.appending(path: "ops").path
    let relayAgain = try RelayProcess(
      serving: URL(filePath: again), log: log, options: ["--port", "0", "--operations", socket])
    let ready = try Command.run(
      "/usr/bin/curl", ["-sSf", "--unix-socket", socket, "http://operations/readyz"])
    #expect(ready.status == 0 && ready.output.contains("serving ok\nrecovering yes\n"))
    relayAgain.send(SIGTERM)
    #expect(relayAgain.wait() == 0)
  }

  private func contents(_ directory: String) throws -> [String: Data?] {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
    return Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, FileManager.default.contents(atPath: directory + "/" + $0))
      })
  }

  @Test func `a relay's certificate is for names alone, and says which fall away`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path, "--name", "relay.example").status == 0)
    let before = try contents(home.path)
    for name in ["", "x y", "a/b", "relay.example:1", String(repeating: "a", count: 3_000), "ä"] {
      #expect(try run("certificate", "--directory", home.path, "--name", name).status == 64)
      #expect(try contents(home.path) == before)
    }
    let changed = try run(
      "certificate", "--directory", home.path, "--name", "new.example", "--name", "LOCALHOST",
      "--json")
    #expect(changed.value("dropped") as? [String] == ["relay.example"])
    let addresses = (changed.value("addresses") as? [String]) ?? []
    #expect(addresses.count == 4 && addresses.count { $0.contains("localhost") } == 1)
    #expect(
      try run("certificate", "--directory", home.path, "--name", "relay.example").output
        .contains("no longer for new.example"))
    let settings = home.appending(path: "relay.yaml")
    let chain = home.appending(path: "certificate.pem").path
    let key = home.appending(path: "certificate.key").path
    let text = try String(contentsOf: settings, encoding: .utf8)
    try Data((text + "\ncertificate: \"\(chain)\"\ncertificate-key: \"\(key)\"\n").utf8)
      .write(to: settings)
    let given = try run("certificate", "--directory", home.path, "--name", "a.example", "--json")
    #expect(given.status == 1)
    #expect(try code(given) == "given-certificate")
  }

  @Test func `keys and settings that are gone are missed, and none is made in their place`() throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path, "--name", "relay.example").status == 0)
    func spoilt(_ name: String, _ text: String?) throws -> String {
      let copy = folder.appending(path: UUID().uuidString)
      try FileManager.default.copyItem(at: home, to: copy)
      try FileManager.default.removeItem(at: copy.appending(path: name))
      if let text {
        #expect(
          FileManager.default.createFile(
            atPath: copy.path + "/" + name, contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]))
      }
      return copy.path
    }
    // A key that is one, and of another relay.
    #expect(try run("init", "--directory", folder.path + "/other").status == 0)
    let other = try String(contentsOfFile: folder.path + "/other/authority.key", encoding: .utf8)
    for (name, text, part, expected) in [
      ("authority.key", nil, "certificate", "authority"),
      ("authority.pem", nil, "certificate", "authority"),
      ("authority.key", "nothing", "certificate", "authority"),
      ("authority.key", other, "certificate", "authority"),
      ("postage.key", nil, "identity", "no-postage-key"),
      ("postage.key", "nothing", "identity", "postage-key"),
    ] as [(String, String?, String, String)] {
      let copy = try spoilt(name, text)
      let found = try run("check", "--directory", copy, "--port", "0", "--json")
      #expect(found.status == 9 && found.value(part) as? String == expected, "\(name)")
    }
    let silent = try spoilt("relay.yaml", nil)
    for command in ["check", "serve"] {
      let refused = try run(command, "--directory", silent, "--port", "0", "--json")
      #expect(refused.status == 9)
      #expect(try code(refused) == "no-settings")
    }
    #expect(!FileManager.default.fileExists(atPath: silent + "/relay.yaml"))
    // Where nothing was ever paid, a relay of an earlier version gets its first key, and says so.
    let first = try spoilt("postage.key", nil)
    let lines = folder.appending(path: "lines")
    let relay = try RelayProcess(serving: URL(filePath: first), log: lines)
    relay.send(SIGTERM)
    relay.wait()
    #expect(relay.logged.contains("first postage key"))
    try FileManager.default.removeItem(atPath: first + "/postage.key")
    #expect(try run("postage", "rotate", "--directory", first).status == 0)
    #expect(try run("check", "--directory", first, "--port", "0").status == 0)
  }

  @Test func `init leaves a directory of somebody else as it was`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = FileManager.default
    func mode() throws -> Int? {
      (try files.attributesOfItem(atPath: home.path)[.posixPermissions] as? NSNumber)?.intValue
    }
    try files.createDirectory(
      at: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    let open = try run("init", "--directory", home.path)
    #expect(open.status == 1 && open.errors.contains("chmod"))
    #expect(try mode() == 0o755)
    try Data("port: 9\n".utf8).write(to: home.appending(path: "relay.yaml"))
    try Data("mine".utf8).write(to: home.appending(path: "notes"))
    let full = try run("init", "--directory", home.path, "--json")
    #expect(full.status == 1)
    #expect(try code(full) == "not-empty")
    #expect(try mode() == 0o755)
    #expect(try files.contentsOfDirectory(atPath: home.path).sorted() == ["notes", "relay.yaml"])
    // With nothing but settings that were laid out before, for its owner alone, it is taken.
    try files.removeItem(at: home.appending(path: "notes"))
    try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home.path)
    #expect(try run("init", "--directory", home.path).status == 0)
    let kept = try String(contentsOf: home.appending(path: "relay.yaml"), encoding: .utf8)
    #expect(kept == "port: 9\n")
  }

  @Test func `what init is told stands in the settings that were laid out, and contradicts none`()
    throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let settings = home.appending(path: "relay.yaml")
    try FileManager.default.createDirectory(
      at: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try Data("retention-days: 30\nport: 9470".utf8).write(to: settings)
    let other = try run("init", "--directory", home.path, "--port", "9471", "--json")
    #expect(other.status == 64 && other.errors.contains("9470"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.path) == ["relay.yaml"])
    let made = try run("init", "--directory", home.path, "--name", "relay.example")
    #expect(made.status == 0 && made.output.contains("https://relay.example:9470#"))
    let text = try String(contentsOf: settings, encoding: .utf8)
    #expect(text.hasPrefix("retention-days: 30\nport: 9470\n"))
    #expect(text.contains("tls: \"on\"\n") && text.contains("host: \""))
    let relay = try RelayProcess(serving: home, log: log)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
  }

  @Test(.enabled(if: Tool.strace.isExpected, "strace is not installed"))
  func `what an interrupted restore leaves is no relay`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let copy = folder.appending(path: "copy").path
    #expect(try run("backup", "--directory", home.path, "--to", copy).status == 0)
    var left = 0
    for call in 1...100 {
      let target = folder.appending(path: "\(call)").path
      let restored = try Command.run(
        Tool.strace.rawValue,
        [
          "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync,sync,unlink", "-e",
          "inject=fsync,fdatasync,sync,unlink:signal=KILL:when=\(call)",
          RelayProcess.executable.path, "restore", "--from", copy, "--directory", target,
        ])
      if restored.status == 0 { break }
      #expect(call < 100)
      guard FileManager.default.fileExists(atPath: target) else { continue }
      // It is no relay and no backup; with the last call of all it is a relay, and was made of a backup.
      let confirmed = try run("clock", "confirm", "--directory", target, "--json")
      if confirmed.status == 0 {
        let status = try run("status", "--directory", target, "--json")
        #expect(status.value("recovering") as? Bool == true, "\(call)")
      } else {
        let other = folder.appending(path: "other").path
        let refused = try run(
          "restore", "--unmarked", "--damaged", "--from", target, "--directory", other)
        #expect(refused.status != 0 && !FileManager.default.fileExists(atPath: other), "\(call)")
      }
      left += 1
    }
    #expect(left > 3)
  }

  @Test func `a backup with a damaged part is told of, and taken when the operator says so`()
    async throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path).status == 0)
    let relay = try RelayProcess(serving: home, log: log)
    let member = try TestMember(seed: 3)
    let blob = BlobID(random: member.random)
    #expect(try await relay.ask(member.create()).status == 201)
    #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
    let part = [UInt8](repeating: 7, count: PartIndex.partLength)
    #expect(try await relay.ask(member.part(blob, "0", part)).status == 204)
    relay.send(SIGTERM)
    relay.wait()
    let files = home.appending(path: "relay.sqlite-blobs").path
    let names = try FileManager.default.contentsOfDirectory(atPath: files).filter { $0 != "tmp" }
    try FileManager.default.removeItem(atPath: files + "/" + (try #require(names.first)))
    let copy = folder.appending(path: "copy").path
    let backup = try run("backup", "--directory", home.path, "--to", copy, "--json")
    #expect(backup.status == 9 && backup.errors.contains("1 part of blobs"))
    let check = try run("check", "--directory", copy)
    #expect(check.status == 9 && check.output.contains("    1 part of blobs is missing"))
    let target = folder.appending(path: "again").path
    let refused = try run("restore", "--from", copy, "--directory", target, "--json")
    #expect(refused.status == 9)
    let object = try JSONSerialization.jsonObject(with: Data(refused.errors.utf8)) as? [String: Any]
    #expect((object?["findings"] as? [String])?.contains("1 part of blobs is missing") == true)
    #expect(!FileManager.default.fileExists(atPath: target))
    #expect(try run("restore", "--damaged", "--from", copy, "--directory", target).status == 0)
    #expect(try run("status", "--directory", target).status == 0)
  }

  @Test(.enabled(if: Tool.canMount, "no file system of its own can be had here"))
  func `a backup that may not be written is checked, looked at and restored`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--directory", home.path, "--name", "relay.example").status == 0)
    let copy = folder.appending(path: "copy").path
    #expect(try run("backup", "--directory", home.path, "--to", copy).status == 0)
    func readOnly(_ directory: String, _ words: String...) throws -> Command.Result {
      try Command.run(
        Tool.unshare.rawValue,
        [
          "-rm", "/bin/sh", "-c",
          """
          mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"
          """, directory, RelayProcess.executable.path,
        ] + words)
    }
    let check = try readOnly(copy, "check", "--directory", copy)
    #expect(check.status == 0, "\(check.output)")
    for command in ["status", "inspect", "certificate"] {
      #expect(try readOnly(copy, command, "--directory", copy).status == 0, "\(command)")
    }
    let target = folder.appending(path: "again").path
    let restored = try readOnly(copy, "restore", "--from", copy, "--directory", target)
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(try run("check", "--directory", target, "--port", "0").status == 0)
    // What is no backup wants to be written also by who reads it, and says what stands in the way.
    let still = folder.appending(path: "still").path
    #expect(try run("init", "--directory", still).status == 0)
    let relay = try readOnly(
      still, "restore", "--unmarked", "--from", still, "--directory", target + "2", "--json")
    #expect(relay.status == 1)
    #expect(try code(relay) == "read-only")
  }
}
