// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The command `alcove-relay`, as its operator runs it.
final class RelayProcess: Sendable {
  private let process: Mutex<Process>
  let port: Int
  let identifier: Int32
  private let log: URL

  /// The built command lies beside the tests.
  static let executable: URL = {
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appending(path: "alcove-relay")
  }()

  /// A folder for one test.
  static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "alcove-relay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Runs a command to its end.
  static func run(_ arguments: [String], _ environment: [String: String] = [:]) throws
    -> Command.Result
  {
    try Command.run(executable.path, arguments, environment)
  }

  /// Serves `directory` on a free port, with its log in `log`.
  init(
    serving directory: URL, log: URL, through wrapper: [String] = [],
    options: [String] = ["--port", "0"]
  ) throws {
    self.log = log
    let command =
      wrapper + [
        Self.executable.path, "serve", "--directory", directory.path, "--json",
      ] + options
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    if !FileManager.default.fileExists(atPath: log.path) {
      _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    }
    let errors = try FileHandle(forWritingTo: log)
    try errors.seekToEnd()
    process.standardError = errors
    try process.run()
    // One line, when it is ready.
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
      line += byte
    }
    let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any]
    guard let port = object?["port"] as? Int else { throw RawError.noAnswer }
    self.port = port
    identifier = process.processIdentifier
    self.process = Mutex(process)
  }

  /// Serves on a disk that fails or waits: `fault` is done to system calls, as strace's option `inject` has
  /// it.
  convenience init(
    serving directory: URL, log: URL, injecting fault: String, into calls: String
  ) throws {
    try self.init(
      serving: directory, log: log,
      through: [
        Tool.strace.rawValue, "-D", "-f", "-o", "/dev/null", "-e", "trace=\(calls)",
        "-e", "inject=\(calls):\(fault)",
      ])
  }

  func send(_ signal: Int32) { kill(identifier, signal) }

  /// Waits for the end and gives the exit code, or the signal that ended it.
  @discardableResult
  func wait() -> Int32 {
    process.withLock { process in
      process.waitUntilExit()
      return process.terminationStatus
    }
  }

  /// The most memory that was resident, in bytes.
  var peakMemory: Int {
    let text = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }

  /// Lets the peak begin anew.
  func forgetPeak() {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/\(identifier)/clear_refs"))
  }

  /// What it has logged.
  var logged: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  func ask(_ request: RawRequest) async throws -> RawResponse {
    try await RawConnection.open(port) { try await $0.ask(request) }
  }
}
