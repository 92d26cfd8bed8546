// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import alcove

/// A temporary place with a relay and the people who use it; gone with the value.
final class World: @unchecked Sendable {
  let folder: URL
  private(set) var port = 0
  private var relay: Process?

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "alcove-test-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit {
    stopRelay()
    try? FileManager.default.removeItem(at: folder)
  }

  /// What the relay's address ends in, when it has TLS.
  private(set) var pin: String?

  var address: String {
    pin.map { "https://127.0.0.1:\(port)#\($0)" } ?? "http://127.0.0.1:\(port)"
  }

  /// Starts the relay, on the port it had before if it had one.
  ///
  /// - Parameter more: Further words for `serve`.
  func startRelay(tls: Bool = false, _ more: [String] = []) async throws {
    let program = try #require(Built.path("alcove-relay"))
    let home = folder.appending(path: "relay").path
    if !FileManager.default.fileExists(atPath: home) {
      let made = try await Run.program(
        program, ["init", "--directory", home, "--json"], environment: [:])
      try #require(made.status == 0, "relay init: \(made.err)")
      if tls { pin = try #require(made.objects.first?["pin"] as? String) }
    }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = ["serve", "--directory", home, "--port", String(port), "--json"] + more
    if pin != nil { process.arguments? += ["--tls", "on"] }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    relay = process
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
      line.append(byte)
    }
    let ready = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
    port = try #require(ready?["port"] as? Int)
  }

  /// Ends the relay, and puts another one on its port.
  func replaceRelay() async throws {
    stopRelay()
    try FileManager.default.removeItem(at: folder.appending(path: "relay"))
    let old = pin
    try await startRelay(tls: true)
    #expect(pin != old)
    pin = old
  }

  func stopRelay() {
    guard let relay, relay.isRunning else { return }
    relay.terminate()
    let deadline = ContinuousClock.now + .seconds(5)
    while relay.isRunning, ContinuousClock.now < deadline { usleep(10_000) }
    if relay.isRunning { kill(relay.processIdentifier, SIGKILL) }
    self.relay = nil
  }

  /// Runs the operator's command.
  func operate(_ words: String..., stdin: [UInt8] = []) async throws -> Run {
    try await Run.program(
      try #require(Built.path("alcove-relay")),
      words + ["--directory", folder.appending(path: "relay").path], environment: [:],
      stdin: stdin)
  }

  func person(_ name: String) throws -> Somebody { try Somebody(name, in: self) }

  /// Therapist `ines` and client `mara`, whom nothing connects yet.
  func strangers() async throws -> (ines: Somebody, mara: Somebody) {
    try await startRelay()
    let (ines, mara) = (try person("ines"), try person("mara"))
    try await ines.makeTherapist()
    try await mara.makeClient()
    return (ines, mara)
  }

  /// Therapist `ines` and client `mara`, connected, with `text` and `questionnaires` agreed.
  func couple() async throws -> (ines: Somebody, mara: Somebody) {
    let (ines, mara) = try await strangers()
    let link = try await ines.invitation(of: "mara")
    try await mara(
      "accept", link, "--name", "albrecht", "--sign-as", "M.", "--scope", "text=yes", "--scope",
      "questionnaires=yes", "--yes"
    ).expect(0)
    for person in [ines, mara, ines, mara] { try await person("sync").expect(0) }
    return (ines, mara)
  }
}

/// One person with a home of their own.
struct Somebody: Sendable {
  let name: String
  let world: World
  let home: String

  init(_ name: String, in world: World) throws {
    self.name = name
    self.world = world
    home = world.folder.appending(path: name).path
    try FileManager.default.createDirectory(
      atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try write("correct horse \(name)\n", to: "passphrase")
  }

  var passphrase: String { home + "/passphrase" }

  /// The link of a new invitation.
  func invitation(of client: String) async throws -> String {
    let invitation = try await self("invite", client, "--json").expect(0)
    return try #require(invitation.objects.first?["link"] as? String)
  }
  var profile: String { home + "/.local/share/alcove/default" }

  func write(_ text: String, to file: String) throws {
    let path = home + "/" + file
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
  }

  /// Runs `alcove` as this person, with the passphrase from a file.
  @discardableResult
  func callAsFunction(
    _ arguments: String..., stdin: [UInt8] = [], crashAt: Int? = nil, passphrase: String? = nil
  ) async throws -> Run {
    try await run(arguments, stdin: stdin, crashAt: crashAt, passphrase: passphrase)
  }

  func run(
    _ arguments: [String], stdin: [UInt8] = [], crashAt: Int? = nil, passphrase: String? = nil
  ) async throws -> Run {
    let program = try #require(Built.path("alcove"))
    var environment = [
      "HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC",
      "ALCOVE_TEST_HOOKS": "1",
    ]
    if let crashAt { environment["ALCOVE_CRASH_AT"] = String(crashAt) }
    let secret = ["--passphrase-file", passphrase ?? self.passphrase, "--insecure-test-kdf"]
    let run = try await Run.program(
      program, arguments + secret, environment: environment, stdin: stdin)
    if crashAt == nil { expectListed(run.status, of: arguments) }
    return run
  }

  /// Whatever a command is seen to end with stands in its help.
  private func expectListed(_ status: Int32, of arguments: [String]) {
    guard let command = CommandLineReader(arguments).command as? any Command.Type else { return }
    #expect(
      command.outcomes.contains { $0.rawValue == status },
      "\(command.commandWord) ended with \(status)")
  }

  func makeTherapist() async throws {
    try await self(
      "init", "--name", "Dr. Ines Albrecht", "--role", "therapist", "--relay", world.address,
      "--recovery-words-file", home + "/words", "--yes"
    ).expect(0)
  }

  func makeClient() async throws {
    try await self(
      "init", "--role", "client", "--recovery-words-file", home + "/words", "--yes"
    ).expect(0)
  }

  /// Changes the rows of the store behind the program's back.
  func changeStore(_ sql: String) async throws {
    let script =
      "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
      + "c.execute(sys.argv[2]); c.commit(); c.close()"
    try await Run.program(
      "/usr/bin/env", ["python3", "-c", script, profile + "/store.sqlite", sql],
      environment: ["HOME": home, "PATH": "/usr/local/bin:/usr/bin:/bin"]
    ).expect(0)
  }

  /// The texts of a conversation, own ones marked.
  func texts(with peer: String) async throws -> [String] {
    try await self("read", peer, "--json", "--keep-unread").expect(0).objects
      .filter { $0["type"] as? String == "message" }
      .map { ($0["from_me"] as? Bool == true ? "> " : "< ") + ($0["text"] as? String ?? "") }
  }
}

extension Run {
  /// The run itself, when it ended as it should.
  @discardableResult
  func expect(_ status: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws -> Run {
    try #require(
      self.status == status, "\(out.suffix(2000))\(err.suffix(2000))",
      sourceLocation: sourceLocation)
    return self
  }
}
