// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A command that runs to its end.
enum Command {
  struct Result: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// A value of the one JSON object that it printed.
    func value(_ name: String) -> Any? {
      let object = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      return object?[name]
    }
  }

  /// The same on a thread of its own: for a command that asks a relay of this very process, whose answers
  /// need the threads on which tests run.
  static func runAside(_ path: String, _ arguments: [String]) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Swift.Result { try run(path, arguments) })
      }
    }
  }

  static func run(
    _ path: String, _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try output.fileHandleForReading.close()
    try errors.fileHandleForReading.close()
    return Result(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaint, as: UTF8.self))
  }
}
