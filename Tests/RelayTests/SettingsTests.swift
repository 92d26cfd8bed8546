// SPDX-License-Identifier: Apache-2.0

import Foundation
import Relay
import RelayLog
import RelayProtocol
import Testing

@testable import alcove_relay

/// What the operator sets, and what becomes of it.
@Suite(.serialized) struct SettingsTests: OperatorSuite {
  let folder: URL
  private var settings: URL { home.appending(path: "relay.yaml") }

  init() throws { folder = try RelayProcess.temporaryFolder() }

  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Command.Result {
    try RelayProcess.run(arguments + ["--directory", home.path], environment)
  }

  @Test func `a misspelt setting is an error wherever it stands`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init").status == 0)
    for line in [
      "prot: 1", "port", "port:1", "port: x", "port: 65536", "port: 01", "port: [1]",
      "port: 1\nport: 2",
      "tls: maybe", "host: {a: b}", "host: &a b", "host: \"a\\n\"", "host: 'a' b", " - port: 1",
      "operations: 192.0.2.1:80", "operations: 8471", "operations: 127.0.0.1",
      "operations: '[::1]'", "port: 8490\noperations: 127.0.0.1:8490",
      "socket: /tmp/a\noperations: /tmp/a", "Port: 1", "host: a: b",
      "port: 99999999999999999999",
    ] {
      try Data("\(line)\n".utf8).write(to: settings)
      let refused = try run("serve")
      #expect(refused.status == 64, "\(line): \(refused.errors)")
      #expect(refused.errors.contains("Next:"))
    }
    try Data().write(to: settings)
    for (name, value) in [
      ("ALCOVE_RELAY_PROT", "1"), ("ALCOVE_RELAY_PORT", "x"), ("ALCOVE_RELAY_", "1"),
    ] {
      #expect(try run("serve", environment: [name: value]).status == 64)
    }
    #expect(try run("serve", "--prot", "1").status == 64)
    #expect(try run("serve", "--port", "x").status == 64)
    #expect(try run("serve", "--certificate", "a").status == 64)
    #expect(try run("serve", "--config", folder.path + "/absent").status == 64)
    #expect(
      try run("serve", "--certificate", "a", "--certificate-key", "b", "--tls", "on").status == 1)
  }

  @Test func `what the environment says when a relay is made stays`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", environment: ["ALCOVE_RELAY_PROT": "1"]).status == 64)
    let made = try run("init", "--json", environment: ["ALCOVE_RELAY_PORT": "18483"])
    #expect(made.status == 0 && made.output.contains(":18483"))
    #expect(try String(contentsOf: settings, encoding: .utf8).contains("18483"))
    // A path holds wherever the relay is served from, and what cannot stand in the file is named as it was given.
    try FileManager.default.removeItem(at: home)
    #expect(
      try run(
        "init", "--name", "localhost",
        environment: ["ALCOVE_RELAY_SOCKET": "clients", "ALCOVE_RELAY_HOST": "127.0.0.1"]
      ).status == 0)
    let file = try String(contentsOf: settings, encoding: .utf8)
    #expect(file.contains("/clients") && file.contains("127.0.0.1"))
    try FileManager.default.removeItem(at: home)
    let odd = try run("init", environment: ["ALCOVE_RELAY_SOCKET": "a\"b'c\nd"])
    #expect(odd.status == 64 && odd.errors.contains("ALCOVE_RELAY_SOCKET"))
    #expect(!odd.errors.contains("--socket"))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `a file means the same whatever its lines end with`(end: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init").status == 0)
    let lines = ["# Settings", "host: 127.0.0.1 # here", "port: '0'", "prot: 1", ""]
    try Data(lines.joined(separator: end).utf8).write(to: settings)
    let refused = try run("serve")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("line 4") && refused.errors.contains("prot"))
  }

  @Test func `a value that needs other quotes is read back`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let refused = try run("init", "--certificate", "/a\"b'c.pem", "--certificate-key", "/k.pem")
    #expect(refused.status == 64)
    #expect(!FileManager.default.fileExists(atPath: home.path))
    #expect(try run("init").status == 0)
    try Data("certificate: '/a\"b\\c.pem'\ncertificate-key: \"/k.pem\"\n".utf8).write(to: settings)
    // Both are read: it is the file that is not there.
    let read = try run("serve", "--tls", "on")
    #expect(read.status == 1, "\(read.errors)")
  }

  @Test func `a flag goes before the environment, and that before the file`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init").status == 0)
    let sockets = ["file", "flag"].map { folder.appending(path: $0).path }
    try Data("# ours\nsocket: \"\(sockets[0])\"   # here\nport: '1'\n\n".utf8).write(to: settings)
    let relay = try RelayProcess(serving: home, log: log, options: [])
    #expect(FileManager.default.fileExists(atPath: sockets[0]))
    relay.send(SIGTERM)
    relay.wait()
    let other = try RelayProcess(serving: home, log: log, options: ["--socket", sockets[1]])
    #expect(FileManager.default.fileExists(atPath: sockets[1]))
    let answer = try Command.run(
      "/usr/bin/curl", ["-sS", "--unix-socket", sockets[1], "http://relay/v1/relay"])
    #expect(answer.output.contains("incarnation"))
    other.send(SIGTERM)
    other.wait()
  }

  @Test func `sockets are for the relay's group, or for whom the setting says, and in no backup`()
    async throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init").status == 0)
    // Beside the relay's own files, where `init` tells nobody not to put them.
    let sockets = ["clients", "operations"].map { home.appending(path: $0).path }
    for (options, mode) in [([], 0o660), (["--socket-mode", "0600"], 0o600)] {
      let relay = try RelayProcess(
        serving: home, log: log,
        options: ["--socket", sockets[0], "--operations", sockets[1]] + options)
      for socket in sockets {
        let facts = try FileManager.default.attributesOfItem(atPath: socket)
        #expect((facts[.posixPermissions] as? NSNumber)?.intValue == mode)
        #expect(
          try Command.run("/usr/bin/curl", ["-s", "--unix-socket", socket, "http://a/"]).status == 0
        )
      }
      let copy = folder.appending(path: "copy-\(mode)").path
      #expect(try run("backup", "--to", copy).status == 0)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: copy).sorted()
          == [
            "authority.key", "authority.pem", "backup", "certificate.key", "certificate.pem",
            "identity.key", "postage.key", "relay.sqlite", "relay.sqlite-blobs", "relay.yaml",
          ])
      #expect(try RelayProcess.run(["check", "--directory", copy, "--port", "0"]).status == 0)
      relay.send(SIGTERM)
      #expect(relay.wait() == 0)
    }
    for wrong in ["660", "0778", "0660 ", "rw", "00660", "-0660"] {
      #expect(try run("serve", "--socket-mode=\(wrong)").status == 64)
      #expect(
        try run("serve", environment: ["ALCOVE_RELAY_SOCKET_MODE": wrong]).status == 64)
    }
  }

  private static let hasIPv6: Bool =
    (try? Command.run("/bin/sh", ["-c", "grep -q ' lo$' /proc/net/if_inet6"]).status) == 0

  @Test(.enabled(if: hasIPv6, "this machine has no IPv6"))
  func `a relay with a name is reached over IPv6 and IPv4`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--name", "relay.example").status == 0)
    let relay = try RelayProcess(serving: home, log: log, options: ["--port", "0"])
    for address in ["[::1]", "127.0.0.1"] {
      let answer = try Command.run(
        "/usr/bin/curl",
        [
          "-sS", "--cacert", home.path + "/authority.pem",
          "https://\(address):\(relay.port)/v1/relay",
        ])
      #expect(answer.output.contains("incarnation"), "\(address) \(answer.errors)")
    }
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
  }

  @Test func `every setting has a flag and stands in the file that init writes`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init").status == 0)
    let text = try String(contentsOf: settings, encoding: .utf8)
    let keys = text.split(separator: "\n").filter { $0.hasPrefix("#") && $0.contains(": \"") }
      .map { String($0.dropFirst().prefix { $0 != ":" }) }
    #expect(keys == Setting.allCases.map(\.rawValue))
    let help = try RelayProcess.run(["serve", "--help"]).output
    for key in keys { #expect(help.contains("--\(key) <")) }
    // As it stands, with every preset said aloud, it is taken.
    let aloud = text.replacing("\n#", with: "\n").split(separator: "\n")
      .filter { $0.contains(": \"") }.joined(separator: "\n")
    try Data(aloud.utf8).write(to: settings)
    #expect(try run("certificate").status == 0)
  }

  @Test func `what a setting says that it is without being set is what the relay then does`() {
    defer { try? FileManager.default.removeItem(at: folder) }
    let limits = RelayLimits()
    let policy = StorePolicy()
    for (setting, number) in [
      (.connections, limits.connections), (.connectionsPerAddress, limits.connectionsPerAddress),
      (.handshakesPerSecond, limits.handshakesPerSecond),
      (.refusedTokensPerMinute, limits.refusedTokensPerMinute),
      (.creationsPerMinute, limits.creationsPerMinute),
      (.headerSeconds, Int(limits.headerMilliseconds) / 1_000), (.bodySeconds, limits.bodySeconds),
      (.writeSeconds, limits.writeSeconds), (.appendsPerSecond, policy.appendsPerSecond),
      (.appendBurst, policy.appendBurst), (.retentionDays, policy.retentionDays ?? 0),
      (.freeMib, Int(policy.freeBytes >> 20)),
    ] as [(Setting, Int)] {
      #expect(setting.preset == String(number), "\(setting.rawValue)")
    }
  }

  @Test func `a certificate that is given needs no authority and no pin`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--name", "relay.example").status == 0)
    let other = folder.appending(path: "other").path
    func make(_ key: String) throws -> Command.Result {
      try RelayProcess.run([
        "init", "--directory", other, "--json", "--name", "relay.example", "--certificate",
        home.path + "/certificate.pem", "--certificate-key", home.path + "/" + key,
      ])
    }
    // A key that is not the certificate's makes no relay.
    #expect(try make("authority.key").status == 1)
    #expect(!FileManager.default.fileExists(atPath: other))
    let made = try make("certificate.key")
    #expect(made.value("address") as? String == "https://relay.example:8470")
    #expect(made.value("pin") == nil)
    #expect(!FileManager.default.fileExists(atPath: other + "/authority.key"))
    let settings = try String(contentsOfFile: other + "/relay.yaml", encoding: .utf8)
    #expect(settings.contains("\ncertificate: \"\(home.path)/certificate.pem\"\n"))
    #expect(try RelayProcess.run(["check", "--directory", other, "--port", "0"]).status == 0)
    // Renewed names are for who issued it.
    let renewed = try RelayProcess.run(["certificate", "--directory", other, "--name", "a.example"])
    #expect(renewed.status == 1)
  }

  @Test func `a certificate about to end, or not good yet, is made anew, and the pin stays`() throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("init", "--name", "relay.example").status == 0)
    func text(_ name: String) throws -> String {
      try String(contentsOf: home.appending(path: name), encoding: .utf8)
    }
    let authority = try PrivateAuthority(
      certificate: text("authority.pem"), key: text("authority.key"))
    let now = Int64(Date().timeIntervalSince1970)
    for (begin, left, isKept) in [
      (-90, 31, true), (-90, 29, false), (-90, -3, false), (1, 60, false),
    ] as [(Int64, Int64, Bool)] {
      let (chain, key) = try authority.issue(
        ["other.example"], from: now + begin * 86_400, until: now + left * 86_400 + 60)
      try Data(chain.utf8).write(to: home.appending(path: "certificate.pem"))
      try Data(key.utf8).write(to: home.appending(path: "certificate.key"))
      #expect(try run("certificate", "--json").value("renewal_due") as? Bool == !isKept)
      let relay = try RelayProcess(serving: home, log: log, options: ["--port", "0"])
      relay.send(SIGTERM)
      relay.wait()
      let shown = try run("certificate", "--json")
      // Whole days: one that was made in the second before has 89 and almost another.
      let days = try #require(shown.value("days_left") as? Int)
      #expect(isKept ? days == 31 : (89...90).contains(days))
      #expect(shown.value("pin") as? String == authority.pin.text)
      let addresses = shown.value("addresses") as? [String]
      #expect(addresses == ["https://other.example:8470#\(authority.pin.text)"])
    }
  }

  @Test func `TLS from init to a renewed certificate on SIGHUP`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try run("init", "--name", "relay.example", "--json")
    let pin = try #require(made.value("pin") as? String)
    #expect(made.value("address") as? String == "https://relay.example:8470#\(pin)")
    let relay = try RelayProcess(
      serving: home, log: log, options: ["--port", "0", "--host", "127.0.0.1"])
    func ask(_ name: String) throws -> Command.Result {
      try Command.run(
        "/usr/bin/curl",
        [
          "-sS", "--cacert", home.path + "/authority.pem", "--resolve",
          "\(name):\(relay.port):127.0.0.1", "https://\(name):\(relay.port)/v1/relay",
        ])
    }
    #expect(try ask("relay.example").output.contains("incarnation"))
    #expect(try ask("other.example").status != 0)
    let renewed = try run("certificate", "--name", "other.example", "--json")
    #expect(renewed.status == 0 && renewed.value("pin") as? String == pin)
    relay.send(SIGHUP)
    var left = 600
    while try ask("other.example").status != 0, left > 0 {
      try await Task.sleep(for: .milliseconds(50))
      left -= 1
    }
    #expect(left > 0)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    #expect(relay.logged.contains("certificate-changed"))
  }

  @Test func `a certificate that cannot be used is reported, and the old one shown on`()
    async throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let now = Int64(Date().timeIntervalSince1970)
    let authority = try PrivateAuthority(now: now)
    let roots = folder.appending(path: "roots.pem")
    try Data(authority.certificateText.utf8).write(to: roots)
    let files = ["chain.pem", "chain.key"].map { folder.appending(path: $0) }
    func issue(from start: Int64) throws {
      let (chain, key) = try authority.issue(["127.0.0.1"], from: start, until: now + 9 * 86_400)
      try Data(chain.utf8).write(to: files[0])
      try Data(key.utf8).write(to: files[1])
    }
    try issue(from: now + 86_400)
    let made = try run(
      "init", "--certificate", files[0].path, "--certificate-key", files[1].path, "--name",
      "relay.example")
    #expect(made.status == 0, "\(made.errors)")
    // The relay cannot make it anew: it says so.
    let early = try run("check", "--port", "0", "--json")
    #expect(early.value("certificate") as? String == "certificate-begins")
    try issue(from: now - 60)
    #expect(try run("check", "--port", "0", "--json").value("certificate") as? String == "ok")
    let relay = try RelayProcess(
      serving: home, log: log, options: ["--port", "0", "--host", "127.0.0.1"])
    try Data("nothing".utf8).write(to: files[1])
    relay.send(SIGHUP)
    for _ in 0..<200 where !relay.logged.contains("certificate-refused") {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(relay.logged.contains("certificate-refused"))
    let answer = try Command.run(
      "/usr/bin/curl",
      ["-sS", "--cacert", roots.path, "https://127.0.0.1:\(relay.port)/v1/relay"])
    #expect(answer.output.contains("incarnation"), "\(answer.errors)")
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    #expect(!relay.logged.contains("certificate-changed"))
  }
}
