// SPDX-License-Identifier: Apache-2.0

import Foundation
import RelayLog
import RelayProtocol
import Testing

/// What an operator sees of a running relay: health, numbers, and a unit to run it.
@Suite(.serialized) struct OperationsTests: OperatorSuite {
  let folder: URL
  private var socket: String { folder.appending(path: "ops").path }

  init() throws { folder = try RelayProcess.temporaryFolder() }

  private func run(_ arguments: String...) throws -> Command.Result {
    try RelayProcess.run(arguments + ["--directory", home.path])
  }

  private func serve(_ options: String...) throws -> RelayProcess {
    #expect(try run("init").status == 0)
    return try RelayProcess(
      serving: home, log: log, options: ["--port", "0", "--operations", socket] + options)
  }

  private func ask(_ path: String) throws -> (status: String, text: String) {
    let answer = try Command.run(
      "/usr/bin/curl",
      ["-sS", "-w", "\n%{http_code}", "--unix-socket", socket, "http://operations\(path)"])
    let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
  }

  @Test func `health is told by names alone`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let relay = try serve()
    #expect(try ask("/livez").status == "200")
    let ready = try ask("/readyz")
    #expect(ready.status == "200")
    #expect(
      ready.text.split(separator: "\n").map { $0.split(separator: " ").last }
        == Array(
          repeating: "ok", count: 5))
    #expect(try ask("/other").status == "404")
    // The public port knows nothing of it.
    for path in ["/livez", "/readyz", "/metrics"] {
      #expect(try await relay.ask(RawRequest(method: "GET", path: path, fields: [])).status == 404)
    }
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
  }

  @Test func `a relay that goes down says so while it finishes`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let relay = try serve()
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    try await RawConnection.open(relay.port) { connection in
      // A body that is still on its way keeps the relay up.
      var request = member.append()
      let body = request.body
      request.body = []
      request.hasLength = false
      request = request.with("Content-Length", "1024").with("Expect", "100-continue")
      try await connection.send(request.bytes)
      // Now it is being answered: it is no idle connection that may be closed.
      #expect(try await connection.head().status == 100)
      relay.send(SIGTERM)
      var left = 600
      while try ask("/readyz").status == "200", left > 0 {
        try await Task.sleep(for: .milliseconds(20))
        left -= 1
      }
      let ready = try ask("/readyz")
      #expect(ready.status == "503" && ready.text.contains("serving failed"))
      try await connection.send(body)
      #expect(try await connection.response().status == 201)
    }
    #expect(relay.wait() == 0)
  }

  @Test func `numbers are counted, with no label from outside`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let relay = try serve()
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    #expect(try await relay.ask(member.append()).status == 201)
    #expect(try await relay.ask(member.append(size: 7)).status == 413)
    #expect(try await relay.ask(member.read()).status == 200)
    #expect(
      try await relay.ask(RawRequest(method: "GET", path: "/CANARY", fields: [])).status == 404)
    let blob = BlobID(random: member.random)
    #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
    let part = [UInt8](repeating: 1, count: PartIndex.partLength)
    #expect(try await relay.ask(member.part(blob, "0", part)).status == 204)
    let text = try ask("/metrics").text
    for line in [
      "alcove_relay_blob_bytes 1048576",
      "alcove_relay_appends_total{result=\"new\"} 1",
      "alcove_relay_appends_total{result=\"size-class\"} 1",
      "alcove_relay_append_seconds_count{size=\"1\"} 1",
      "alcove_relay_append_seconds_bucket{size=\"1\",le=\"+Inf\"} 1",
      "alcove_relay_reads_total{result=\"frames\"} 1",
      "alcove_relay_http_requests_total{route=\"POST /v1/envelope\",class=\"2xx\"} 1",
      "alcove_relay_http_requests_total{route=\"other\",class=\"4xx\"} 1",
      "alcove_relay_commit_batch_count 4", "alcove_relay_commit_seconds_count 4",
      "alcove_relay_writer_queue 0", "alcove_relay_followers 0",
      "alcove_relay_build_info{version=\"0.1.0\"} 1",
    ] {
      #expect(text.contains(line + "\n"), "\(line)")
    }
    for name in ["store_bytes", "wal_bytes", "free_bytes", "connections", "limited_total"] {
      #expect(text.contains("\nalcove_relay_\(name)"))
    }
    let channel = TestMember.text(member.channel.bytes)
    #expect(!text.contains("CANARY") && !text.contains(channel) && !text.contains("127.0.0.1"))
    relay.send(SIGTERM)
    relay.wait()
  }

  @Test func `the families that are printed are exactly those that are documented`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let relay = try serve("--tls", "on")
    let lines = try ask("/metrics").text.split(separator: "\n")
    func names(_ kind: String) -> [String] {
      lines.filter { $0.hasPrefix("# \(kind) ") }.map { String($0.split(separator: " ")[2]) }
    }
    let families = names("TYPE")
    #expect(names("HELP") == families && Set(families).count == families.count)
    let repository = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: repository.appending(path: "Sources/Relay/Relay.docc/Relay.md"), encoding: .utf8)
    let table = try #require(page.components(separatedBy: "## What is counted\n").dropFirst().first)
    // A name and its labels stand between backticks in the first column.
    var documented: [String: String] = [:]
    for row in table.split(separator: "\n").filter({ $0.hasPrefix("| `") }) {
      let cell = row.split(separator: "|")[0]
      for (index, name) in cell.split(separator: "`").enumerated() where index % 2 == 1 {
        let parts = name.split(separator: "{")
        documented["alcove_relay_" + parts[0]] =
          parts.count > 1 ? String(parts[1].dropLast()) : ""
      }
    }
    #expect(Set(families) == Set(documented.keys))
    // Each sample carries the documented labels, and belongs to a family.
    for line in lines where !line.hasPrefix("#") {
      let name = String(line.prefix { $0 != "{" && $0 != " " })
      let stem = ["_bucket", "_sum", "_count"].first {
        name.hasSuffix($0) && documented[name] == nil
      }
      let labels = line.matches(of: /([a-z]+)="/).map { String($0.1) }.filter { $0 != "le" }
      #expect(
        documented[String(name.dropLast(stem?.count ?? 0))] == labels.joined(separator: ","),
        "\(line)")
    }
    relay.send(SIGTERM)
    relay.wait()
  }

  @Test func `the age of a backup and the days of a certificate are told`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let relay = try serve("--tls", "on")
    func value(_ name: String) throws -> Double? {
      let line = try ask("/metrics").text.split(separator: "\n")
        .first { $0.hasPrefix("alcove_relay_\(name) ") }
      return line.flatMap { Double($0.split(separator: " ")[1].replacing("+Inf", with: "inf")) }
    }
    #expect(try value("backup_age_seconds") == .infinity)
    #expect(try (88.0...90.0).contains(value("tls_expiry_days") ?? 0))
    let copy = folder.appending(path: "copy")
    #expect(try run("backup", "--to", copy.path).status == 0)
    #expect(try (0.0...600.0).contains(value("backup_age_seconds") ?? -1))
    // A copy was never backed up itself.
    #expect(!FileManager.default.fileExists(atPath: copy.appending(path: "last-backup").path))
    relay.send(SIGTERM)
    relay.wait()
  }

  @Test func `check tells address, certificate, clock, disk and store apart`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--name", "relay.example").status == 0)
    @Sendable func check(_ options: String...) throws -> (status: Int32, found: [String: String]) {
      let result = try RelayProcess.run(
        ["check", "--directory", home.path, "--json"] + options)
      let object =
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      return (result.status, object?.compactMapValues { $0 as? String } ?? [:])
    }
    let sound = try check("--port", "0")
    #expect(sound.status == 0)
    for part in ["identity", "address", "certificate", "clock", "disk", "store"] {
      #expect(sound.found[part] == "ok")
    }
    // Somebody else is there, and then the relay itself.
    try await LiveRelay.run { other in
      let taken = try check("--port", String(other.port), "--host", "127.0.0.1")
      #expect(taken.status == 1 && taken.found["address"] == "address-in-use")
      #expect(taken.found["store"] == "ok")
    }
    let relay = try RelayProcess(serving: home, log: log, options: ["--port", "0"])
    #expect(try check("--port", String(relay.port)).status == 0)
    relay.send(SIGTERM)
    relay.wait()
    #expect(try check("--port", "0", "--host", "192.0.2.1").found["address"] == "address")
    let certificate = home.appending(path: "certificate.pem")
    let chain = try Data(contentsOf: certificate)
    try Data("nothing".utf8).write(to: certificate)
    let broken = try check("--port", "0")
    #expect(broken.status == 1 && broken.found["certificate"] == "certificate")
    try chain.write(to: certificate)
    let store = home.appending(path: "relay.sqlite")
    var bytes = try Data(contentsOf: store)
    bytes.replaceSubrange(0..<16, with: Data(repeating: 0x41, count: 16))
    try bytes.write(to: store)
    let foreign = try check("--port", "0")
    #expect(foreign.status == 9 && foreign.found["certificate"] == "ok")
    #expect(foreign.found["store"] == "integrity")
  }

  @Test func `readiness and check judge the disk by the setting at which writes stop`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // More than any disk has, and nothing at all.
    let relay = try serve("--free-mib", "1000000")
    let ready = try ask("/readyz")
    #expect(ready.status == "503" && ready.text.contains("disk failed"))
    for _ in 0..<600 where !relay.logged.contains("low-disk") { usleep(50_000) }
    #expect(relay.logged.contains("low-disk free_mib="))
    let low = try run("check", "--port", "0", "--free-mib", "1000000")
    #expect(low.status == 1 && low.output.contains("Less than 1000000 MiB"))
    #expect(try run("check", "--port", "0", "--free-mib", "0").status == 0)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
  }

  @Test func `check finds a clock that is days from when the relay last ran`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init").status == 0)
    #expect(try run("check", "--port", "0").status == 0)
    let today = Int64(Date().timeIntervalSince1970) / 86_400
    for (days, isTrusted) in [(-2, true), (-3, false), (3, false)] as [(Int64, Bool)] {
      #expect(
        try SQLiteRelayStore.confirmClock(
          path: home.path + "/relay.sqlite", day: today + days, retentionDays: nil, isBack: true))
      let found = try run("check", "--port", "0", "--json")
      #expect(found.value("clock") as? String == (isTrusted ? "ok" : "clock-jump"), "\(days)")
      #expect(found.status == (isTrusted ? 0 : 1))
    }
    // A clock that is behind is not taken for right by mistake.
    let behind = try run("clock", "confirm")
    #expect(behind.status == 1 && behind.errors.contains("clock confirm --back"))
    #expect(try run("clock", "confirm", "--back").status == 0)
    #expect(try run("check", "--port", "0").status == 0)
  }

  @Test func `the systemd unit names directory and user, and takes no odd ones`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let unit = try RelayProcess.run(["systemd", "--directory", "/srv/relay", "--user", "relay"])
    #expect(unit.status == 0)
    let lines = unit.output.split(separator: "\n")
    #expect(lines.contains("User=relay") && lines.contains("Group=relay"))
    #expect(lines.contains("ReadWritePaths=/srv/relay"))
    #expect(
      lines.contains {
        $0.hasPrefix("ExecStart=") && $0.hasSuffix(" serve --directory /srv/relay")
      })
    for wrong in [["--directory", "relay"], ["--directory", "/a b"], ["--user", "a\nb"]] {
      #expect(try RelayProcess.run(["systemd"] + wrong).status == 64)
    }
  }

  @Test(.enabled(if: Tool.systemdAnalyze.isExpected, "systemd-analyze is not installed"))
  func `the systemd unit is one that systemd finds little exposed`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let unit = try RelayProcess.run(["systemd", "--directory", "/srv/relay", "--user", "relay"])
    let file = folder.appending(path: "alcove-relay.service")
    try Data(unit.output.utf8).write(to: file)
    let found = try Command.run(
      Tool.systemdAnalyze.rawValue,
      ["security", "--offline=yes", "--threshold=20", "--no-pager", file.path])
    #expect(found.status == 0, "\(found.output.suffix(300))\(found.errors.suffix(300))")
  }
}
