// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A relay of its own, in a directory of its own, for the time of one measurement.
final class RelayProcess {
  let port: Int
  private let served: Process
  var process: Int32 { served.processIdentifier }

  /// How fast a channel may append.
  enum Pace {
    /// As every relay has it.
    case usual
    /// As fast as it likes: one client here makes the appends of a hundred channels.
    case unhurried
  }

  struct DoesNotStart: Error, CustomStringConvertible {
    let description: String
  }

  /// Makes a store in `directory` and serves it on loopback at a port that the system chooses.
  ///
  /// - Parameter name: the name of a certificate, for a relay that speaks TLS.
  /// - Parameter pace: how fast a channel may append.
  convenience init(
    executable: String, directory: String, name: String? = nil, pace: Pace = .unhurried
  ) throws {
    let initialise = Process()
    initialise.executableURL = URL(filePath: executable)
    initialise.arguments =
      ["init", "--directory", directory] + (name.map { ["--name", $0] } ?? [])
    initialise.standardOutput = FileHandle.nullDevice
    try initialise.run()
    initialise.waitUntilExit()
    guard initialise.terminationStatus == 0 else {
      throw DoesNotStart(description: "alcove-relay init failed")
    }
    try self.init(executable: executable, existing: directory, pace: pace)
  }

  /// Serves a store that is there; returns when it is ready.
  init(executable: String, existing directory: String, pace: Pace = .unhurried) throws {
    served = Process()
    served.executableURL = URL(filePath: executable)
    served.arguments = [
      "serve", "--directory", directory, "--port", "0", "--json", "--postage", "open",
    ]
    if pace == .unhurried {
      served.arguments? += ["--appends-per-second", "1000000", "--append-burst", "1000000"]
    }
    let output = Pipe()
    served.standardOutput = output
    served.standardError = FileHandle.nullDevice
    try served.run()
    struct Ready: Decodable { let port: Int }
    var line = Data()
    while !line.contains(10) {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw DoesNotStart(description: "alcove-relay serve ended") }
      line += bytes
    }
    port = try JSONDecoder().decode(Ready.self, from: line.prefix { $0 != 10 }).port
  }

  /// What it holds in memory, in bytes.
  var residentBytes: Int {
    let path = "/proc/\(process)/status"
    let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }

  /// How many files and sockets it has open.
  var openFiles: Int {
    let path = "/proc/\(process)/fd"
    return (try? FileManager.default.contentsOfDirectory(atPath: path).count) ?? 0
  }

  func stop() {
    served.terminate()
    served.waitUntilExit()
  }
}
