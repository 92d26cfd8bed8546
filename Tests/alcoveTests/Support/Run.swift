// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What a process said and how it ended.
struct Run: Sendable {
  let status: Int32
  let output: [UInt8]
  let error: [UInt8]

  var out: String { String(decoding: output, as: UTF8.self) }
  var err: String { String(decoding: error, as: UTF8.self) }

  /// Each line of stdout as an object.
  var objects: [[String: Any]] { Run.objects(out) }
  /// The last line of stderr as an object.
  var failure: [String: Any]? {
    Run.objects(err.split(separator: "\n").last.map(String.init) ?? "").last
  }

  private static func objects(_ text: String) -> [[String: Any]] {
    text.split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  /// Runs a program to its end.
  static func program(
    _ path: String, _ arguments: [String], environment: [String: String], stdin: [UInt8] = []
  ) async throws -> Run {
    // A program that ends before it has read its input must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = environment
    let (input, output, error) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    let ended = AsyncStream<Int32> { continuation in
      process.terminationHandler = { process in
        // A signal counts as in a shell.
        let status = process.terminationStatus
        continuation.yield(process.terminationReason == .exit ? status : 128 + status)
        continuation.finish()
      }
    }
    try process.run()
    async let out = bytes(of: output.fileHandleForReading)
    async let err = bytes(of: error.fileHandleForReading)
    async let written: Void = feed(stdin, to: input.fileHandleForWriting)
    _ = await written
    let (gotOut, gotErr) = await (out, err)
    var status: Int32 = -1
    for await value in ended { status = value }
    return Run(status: status, output: gotOut, error: gotErr)
  }

  private static func bytes(of handle: FileHandle) async -> [UInt8] {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let bytes = Array((try? handle.readToEnd()) ?? Data())
        // A pipe lives as long as its process does here, which is to the end of the tests; with some 1,300
        // descriptors the next process does not start: Foundation reads their list beyond its end.
        try? handle.close()
        continuation.resume(returning: bytes)
      }
    }
  }

  private static func feed(_ bytes: [UInt8], to handle: FileHandle) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        try? handle.write(contentsOf: Data(bytes))
        try? handle.close()
        continuation.resume()
      }
    }
  }
}
