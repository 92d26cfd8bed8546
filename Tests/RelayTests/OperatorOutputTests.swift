// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the operator's command says, and what becomes of it where nothing can be read or written.
@Suite(.serialized) struct OperatorOutputTests: OperatorSuite {
  let folder: URL

  init() throws {
    folder = try RelayProcess.temporaryFolder()
    let made = try RelayProcess.run(["init", "--directory", home.path])
    try #require(made.status == 0)
  }

  /// A line of the shell: `$0` is the command, `$1` the relay.
  private func shell(_ line: String) throws -> Command.Result {
    try Command.run("/bin/bash", ["-c", line, RelayProcess.executable.path, home.path])
  }

  @Test(arguments: [
    ("$0 postage issue --directory $1 < $1", 64), ("$0 postage issue --directory $1 <&-", 64),
    ("$0 status --directory $1/none 2> /dev/full", 10),
    ("$0 status --directory $1/none 2>&-", 10), ("$0 status --directory $1 > /dev/full", 1),
    ("$0 status --directory $1 >&-", 1), ("$0 openapi > /dev/full", 1),
    ("$0 systemd > /dev/full", 1), ("$0 version >&- 2>&- <&-", 1), ("$0 --help > /dev/full", 1),
    ("$0 inspect --directory $1 --json > /dev/full", 1),
    ("$0 openapi | true; exit ${PIPESTATUS[0]}", 0),
  ])
  func `what cannot be read or written ends in a word, never in a trap`(
    line: String, status: Int32
  ) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try shell(line)
    #expect(result.status == status, "\(result.errors)")
    #expect(!result.errors.contains("Crash"))
    if status == 1, !line.contains("2>") { #expect(result.errors.contains("cannot be written")) }
  }

  @Test(arguments: ["> /dev/full", ">&-", "| true", ">&- 2>&- <&-"])
  func `a relay serves whether or not anybody can read that it does`(output: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let socket = folder.appending(path: "s").path
    let result = try shell(
      """
      { timeout 8 $0 serve --directory $1 --socket \(socket); } \(output) &
      for n in $(seq 70); do [ -S \(socket) ] && break; sleep 0.1; done
      curl -sS -o /dev/null -w '%{http_code}' --unix-socket \(socket) http://relay/v1/relay
      wait
      """)
    #expect(result.output == "200", "\(result.errors)")
    // The store is what it was: no word went into a file that took a closed descriptor's number.
    #expect(try run("check", "--directory", home.path, "--port", "0").status == 0)
  }

  @Test(arguments: ["openapi", "systemd", "version"])
  func `what needs no relay answers in JSON as well`(command: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try RelayProcess.run([command, "--json"])
    let object =
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    #expect(result.status == 0 && object?["v"] as? Int == 1 && object?["type"] is String)
  }

  @Test func `a mistyped command fails in the form that was asked for`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for words in [["status", "--bogus"], ["nonsense"], ["postage", "issue", "--most", "x"]] {
      let result = try RelayProcess.run(words + ["--json"])
      let object =
        try JSONSerialization.jsonObject(with: Data(result.errors.utf8)) as? [String: Any]
      #expect(result.status == 64 && object?["code"] as? String == "usage")
      let next = object?["next"] as? [String]
      #expect(next?.first?.hasPrefix("alcove-relay") == true)
    }
    #expect(try run("status", "--bogus").errors.contains("Next:  alcove-relay status --help"))
    for (words, named) in [(["statsu"], "\\\"statsu\\\""), (["clock", "confrim"], "confirm")] {
      let mistyped = try RelayProcess.run(words + ["--json"])
      #expect(mistyped.errors.contains("no command") && mistyped.errors.contains(named))
    }
    for words in [
      ["status", "--directory", ""], ["backup", "--directory", home.path, "--to", ""],
      ["restore", "--directory", folder.path + "/new", "--from", ""],
    ] {
      let empty = try RelayProcess.run(words)
      #expect(empty.status == 64 && empty.errors.contains("empty"))
    }
    let name = try run("systemd", "--user", "x y\n")
    #expect(name.status == 64 && name.errors.contains("user's name"))
  }

  @Test func `what is shown can be copied, and reaches no terminal as more than text`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let odd = folder.appending(path: "a b'c\u{1B}[31m").path
    let missing = try run("status", "--directory", odd)
    #expect(missing.status == 10 && !missing.errors.contains("\u{1B}"))
    let line = try #require(missing.errors.split(separator: "\n").last)
    let command = String(line).replacing("Next:  alcove-relay", with: "$0")
    #expect(try shell(command).status == 0)
    #expect(FileManager.default.fileExists(atPath: odd + "/identity.key"))
    // What `init` says to do next works as it stands, too.
    let spaced = folder.appending(path: "a b").path
    let made = try run("init", "--directory", spaced)
    let check = try #require(made.output.split(separator: "\n").first { $0.hasPrefix("Next:") })
    #expect(
      try shell(String(check).replacing("Next:  alcove-relay", with: "$0") + " --port 0").status
        == 0)
  }

  @Test func `check says of every fault how to mend it, also where health would be shown`()
    async throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let directory = home.path
    let socket = folder.path
    try await LiveRelay.run { other in
      let words = [
        "--directory", directory, "--socket", socket, "--operations", "127.0.0.1:\(other.port)",
      ]
      let found = try RelayProcess.run(["check"] + words)
      #expect(found.status == 1)
      for part in ["!!  address: ", "!!  operations: "] { #expect(found.output.contains(part)) }
      #expect(found.output.contains("ls -ld") && found.output.contains("grep \(other.port)"))
      let listed = try RelayProcess.run(["check", "--json"] + words)
      let failures = listed.value("failures") as? [[String: Any]]
      #expect(failures?.compactMap { $0["part"] as? String } == ["address", "operations"])
      // And `serve` does not say that it serves where it is about to fail.
      let taken = try RelayProcess.run([
        "serve", "--directory", directory, "--port", "0", "--operations",
        "127.0.0.1:\(other.port)",
      ])
      #expect(taken.status == 1 && taken.output.isEmpty)
    }
    let place = folder.appending(path: "file").path
    try Data().write(to: URL(filePath: place))
    for path in [socket, place] {
      let refused = try run("serve", "--directory", home.path, "--socket", path)
      #expect(refused.status == 1 && refused.errors.contains("is no socket"))
    }
  }

  @Test func `the unit names this program, and lets it reach a directory in a home`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let link = folder.appending(path: "linked").path
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: RelayProcess.executable.path)
    let unit = try Command.run(link, ["systemd", "--directory", "/srv/relay"])
    let start = "ExecStart=\(RelayProcess.executable.path) serve --directory /srv/relay\n"
    #expect(unit.output.contains(start) && unit.output.contains("ProtectHome=yes"))
    let inside = try run("systemd", "--directory", "/home/ines/relay").output
    #expect(inside.contains("ProtectHome=tmpfs\nBindPaths=/home/ines/relay\n"))
    #expect(!inside.contains("ProtectHome=yes"))
  }
}
