// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A relay of its own, in a directory of its own, for the time of one measurement.
final class RelayProcess {
  let port: Int
  private let served: Process
  var process: Int32 { served.processIdentifier }

  struct DoesNotStart: Error, CustomStringConvertible {
    let description: String
  }

  /// Makes a store in `directory` and serves it on loopback at a port that the system chooses.
  convenience init(executable: String, directory: String) throws {
    let initialise = Process()
    initialise.executableURL = URL(filePath: executable)
    initialise.arguments = ["init", "--directory", directory]
    initialise.standardOutput = FileHandle.nullDevice
    try initialise.run()
    initialise.waitUntilExit()
    guard initialise.terminationStatus == 0 else {
      throw DoesNotStart(description: "alcove-relay init failed")
    }
    try self.init(executable: executable, existing: directory)
  }

  /// Serves a store that is there; returns when it is ready.
  init(executable: String, existing directory: String) throws {
    served = Process()
    served.executableURL = URL(filePath: executable)
    served.arguments = [
      "serve", "--directory", directory, "--port", "0", "--json",
      // One client here makes the appends of a hundred channels.
      "--appends-per-second", "1000000", "--append-burst", "1000000",
    ]
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

  func stop() {
    served.terminate()
    served.waitUntilExit()
  }
}
