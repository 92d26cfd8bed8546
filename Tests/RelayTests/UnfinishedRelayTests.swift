// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `init` leaves when it does not come to its end, and what is made of that.
@Suite(.serialized) struct UnfinishedRelayTests: OperatorSuite {
  /// What brings files and their names to the disk.
  private static let calls = "fsync,fdatasync,rename,unlink"
  private static let laidOut = "retention-days: 30\n"
  let folder: URL

  init() throws { folder = try RelayProcess.temporaryFolder() }

  private func code(_ result: Command.Result) throws -> String? {
    let object = try JSONSerialization.jsonObject(with: Data(result.errors.utf8)) as? [String: Any]
    return object?["code"] as? String
  }

  /// A directory that the operator has made, with settings laid out in it.
  private func prepare(_ name: String) throws -> URL {
    let place = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try Data(Self.laidOut.utf8).write(to: place.appending(path: "relay.yaml"))
    return place
  }

  private func make(
    _ place: URL, _ fault: String, into calls: String = Self.calls
  ) throws -> Command.Result {
    try Command.run(
      Tool.strace.rawValue,
      [
        "-f", "-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(calls):\(fault)",
        RelayProcess.executable.path, "init", "--directory", place.path, "--port", "9470",
      ])
  }

  @Test(.enabled(if: Tool.strace.isExpected, "strace is not installed"), arguments: [true, false])
  func `an init that was interrupted anywhere is made again by the next one`(_ isPrepared: Bool)
    throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    var left: Set<String> = []
    for call in stride(from: 1, through: 100, by: isPrepared ? 2 : 5) {
      let place = try isPrepared ? prepare("\(call)") : folder.appending(path: "\(call)")
      if try make(place, "signal=KILL:when=\(call)").status == 0 { break }
      #expect(call < 90)
      // Either there is no relay, and what is said to do next makes one; or it was whole already.
      let check = try run("check", "--directory", place.path, "--port", "0", "--json")
      let found = check.status == 0 ? nil : try code(check)
      if let found {
        left.insert(found)
        #expect(["no-relay", "unfinished"].contains(found), "\(call)")
        #expect(check.errors.contains("alcove-relay init --directory"))
        // Not even with what the first one was told.
        let again = try run("init", "--directory", place.path, "--port", "9471")
        #expect(again.status == 0, "\(call) \(again.errors)")
        #expect(try run("check", "--directory", place.path, "--port", "0").status == 0)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
      #expect(!names.contains { $0.hasPrefix("making") || $0.hasSuffix(".new") }, "\(call)")
      let settings = try String(
        contentsOf: place.appending(path: "relay.yaml"), encoding: .utf8)
      #expect(settings.hasPrefix(Self.laidOut) == isPrepared)
      #expect(settings.contains("port: \"\(found == nil ? 9_470 : 9_471)\"\n"), "\(call)")
    }
    #expect(left.contains("unfinished") && (!isPrepared || left.contains("no-relay")))
  }

  @Test(.enabled(if: Tool.strace.isExpected, "strace is not installed"))
  func `an init that fails leaves a directory that was there as it was`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var failures = 0
    for (call, count) in [("fsync", 18), ("rename", 8), ("fdatasync", 9)] {
      for number in stride(from: 1, through: count, by: 3) {
        let place = try prepare("\(call) \(number)")
        if try make(place, "error=EIO:when=\(number)", into: call).status == 0 { continue }
        failures += 1
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
        #expect(names == ["relay.yaml"], "\(call) \(number)")
        let settings = try String(
          contentsOf: place.appending(path: "relay.yaml"), encoding: .utf8)
        #expect(settings == Self.laidOut)
      }
    }
    #expect(failures > 5)
  }

  @Test
  func `what is marked as unfinished is no relay, and what is whole or in use is not cleared`()
    throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = try prepare("relay")
    let key = place.appending(path: "identity.key")
    let mark = place.appending(path: "making").path
    #expect(FileManager.default.createFile(atPath: mark, contents: nil))
    try Data(repeating: 1, count: 32).write(to: key)
    let notes = place.appending(path: "notes")
    try Data("mine".utf8).write(to: notes)
    for command in ["serve", "check", "status", "inspect", "certificate"] {
      #expect(try code(run(command, "--directory", place.path, "--json")) == "unfinished")
    }
    let copy = folder.appending(path: "copy").path
    #expect(
      try code(run("backup", "--directory", place.path, "--to", copy, "--json")) == "unfinished")
    #expect(try run("restore", "--from", place.path, "--directory", copy).status == 10)
    // Of somebody else's files none is taken away.
    #expect(try code(run("init", "--directory", place.path, "--json")) == "not-empty")
    #expect(try Data(contentsOf: notes) == Data("mine".utf8))
    try FileManager.default.removeItem(at: notes)

    // Another one is at work.
    #expect(FileManager.default.createFile(atPath: mark, contents: nil))
    let other = unsafe open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    #expect(try code(run("init", "--directory", place.path, "--json")) == "in-use")
    #expect(FileManager.default.fileExists(atPath: mark))
    close(other)
    #expect(try run("init", "--directory", place.path).status == 0)

    let identity = try Data(contentsOf: key)
    #expect(try code(run("init", "--directory", place.path, "--json")) == "exists")
    // What has lost a part was whole once: it is no leftover of `init`.
    try FileManager.default.removeItem(at: place.appending(path: "relay.sqlite"))
    #expect(try code(run("init", "--directory", place.path, "--json")) == "incomplete")
    #expect(try Data(contentsOf: key) == identity)
  }
}
