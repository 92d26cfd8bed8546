// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The executables of this build, run as processes: what a person would run.
enum Built {
  static let folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent()

  static func path(_ name: String) -> String? {
    // The test bundle lies beside the executables, or this process is a helper of the toolchain.
    var candidates = [folder]
    if let index = CommandLine.arguments.firstIndex(of: "--test-bundle-path"),
      CommandLine.arguments.indices.contains(index + 1)
    {
      candidates.append(
        URL(filePath: CommandLine.arguments[index + 1]).deletingLastPathComponent())
    }
    var package = URL(filePath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    candidates.append(package.appending(path: ".build/debug"))
    return candidates.map { $0.appending(path: name).path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Whether a relay was built beside the command line; said once when not, and required in CI.
  static let hasRelay: Bool = {
    if path("alcove-relay") != nil { return true }
    print("alcove-relay was not built: tests that need a relay are skipped")
    return ProcessInfo.processInfo.environment["CI"] == "true"
  }()
}
