// SPDX-License-Identifier: Apache-2.0

import Foundation
import RelayProtocol
import Testing

/// What an operator sees of a running relay: health, numbers, and a unit to run it.
@Suite(.serialized) struct OperationsTests {
  private let folder: URL
  private var home: URL { folder.appending(path: "relay") }
  private var log: URL { folder.appending(path: "log") }
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
      var left = 100
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

  @Test func `the systemd unit is one that systemd finds little exposed`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let unit = try RelayProcess.run(["systemd", "--directory", "/srv/relay", "--user", "relay"])
    #expect(unit.status == 0 && unit.output.contains("ReadWritePaths=/srv/relay"))
    for wrong in [["--directory", "relay"], ["--directory", "/a b"], ["--user", "a\nb"]] {
      #expect(try RelayProcess.run(["systemd"] + wrong).status == 64)
    }
    let tool = "/usr/bin/systemd-analyze"
    guard FileManager.default.isExecutableFile(atPath: tool) else { return }
    let file = folder.appending(path: "alcove-relay.service")
    try Data(unit.output.utf8).write(to: file)
    let found = try Command.run(
      tool, ["security", "--offline=yes", "--threshold=20", "--no-pager", file.path])
    #expect(found.status == 0, "\(found.output.suffix(300))\(found.errors.suffix(300))")
  }
}
