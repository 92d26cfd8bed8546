// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import MLS
import Primitives
import WireFormat

/// A member of a group in a process of its own, which says what memory it takes.
struct MLSMember: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "mls-member", shouldDisplay: false)

  /// In KiB: the process before it has joined, and as a member that has sent a message.
  struct Memory: Codable {
    let base: Int
    let resident: Int
  }

  /// Joins by what arrives on standard input, sends a message, and prints its memory.
  func run() throws {
    _ = SystemRandom().bytes(1)
    let base = Self.resident()
    let group = try join()
    let resident = Self.resident()
    guard group.members.count > 1 else { throw ExitCode.failure }
    FileHandle.standardOutput.write(
      try JSONEncoder().encode(Memory(base: base, resident: resident)))
  }

  private func join() throws -> Group {
    var reader = WireReader([UInt8](FileHandle.standardInput.readDataToEndOfFile()))
    let package = try OwnKeyPackage(exposedBytes: reader.readOpaque())
    let welcome: Welcome = try reader.read()
    var group = try BenchGroup.join(welcome, package, reader.readOpaque())
    _ = try group.protect([1, 2, 3], random: SystemRandom())
    return group
  }

  /// Lets a process join as the second member.
  static func measure(_ group: BenchGroup) throws -> Memory {
    var writer = WireWriter()
    writer.writeOpaque(group.packages[0].encodedExposingSecrets())
    writer.write(group.welcome)
    writer.writeOpaque(group.tree)
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0])
    process.arguments = [configuration.commandName ?? ""]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data(writer.bytes))
    try input.fileHandleForWriting.close()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONDecoder().decode(Memory.self, from: answer)
  }

  /// `VmRSS` of this process, in KiB.
  private static func resident() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
    else { return 0 }
    return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
  }
}
