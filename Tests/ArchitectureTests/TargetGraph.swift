// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The package's own targets and what each of them names, as SwiftPM reads the manifest.
struct TargetGraph {
  /// Direct dependencies by target; products of other packages stand by their product name.
  private(set) var uses: [String: Set<String>] = [:]
  private(set) var executables: Set<String> = []

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    // A scratch folder of its own: the running `swift test` holds the lock of the usual one.
    let scratch = FileManager.default.temporaryDirectory
      .appending(path: "alcove-graph-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["swift", "package", "--scratch-path", scratch.path, "dump-package"]
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment
      .filter { $0.key != "ALCOVE_MODULES" }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let json = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()

    let manifest = try JSONDecoder().decode(Manifest.self, from: json)
    for target in manifest.targets {
      uses[target.name] = Set(target.dependencies.compactMap(\.name))
      if target.type == "executable" { executables.insert(target.name) }
    }
  }

  /// Everything that `target` reaches, itself included.
  func closure(of target: String) -> Set<String> {
    var reached: Set<String> = []
    var waiting = [target]
    while let next = waiting.popLast() {
      guard reached.insert(next).inserted else { continue }
      waiting.append(contentsOf: uses[next] ?? [])
    }
    return reached
  }

  private struct Manifest: Decodable {
    struct Target: Decodable {
      var name: String
      var type: String
      var dependencies: [Dependency]
    }
    struct Dependency: Decodable {
      var name: String?

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
          // An array whose first element is the name, the others being null or a package.
          var values = try container.nestedUnkeyedContainer(forKey: key)
          name = try values.decode(String.self)
        }
      }
    }
    struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
    var targets: [Target]
  }
}
