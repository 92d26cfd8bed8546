// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The folder of test data beside the package: `ALCOVE_SHARED`, else `../shared`.
///
/// Where it is absent, tests that need it are skipped and one line says so; with `CI=true` they run,
/// and fail.
public enum Shared {
  /// Whether tests that need the folder are to run.
  public static var isAvailable: Bool { availability }

  /// The path of a file in the folder.
  public static func path(_ relative: String) -> String {
    "\(folder ?? "shared")/\(relative)"
  }

  /// What a file in the folder holds.
  public static func bytes(_ relative: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(relative))))
  }

  /// The files of a folder in the folder with an extension, by name.
  public static func files(in relative: String, withExtension suffix: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: path(relative))
    return (names ?? []).filter { $0.hasSuffix(".\(suffix)") }.sorted().map { "\(relative)/\($0)" }
  }

  private static let folder: String? = {
    if let named = ProcessInfo.processInfo.environment["ALCOVE_SHARED"] {
      return FileManager.default.fileExists(atPath: named) ? named : nil
    }
    // .../Tests/Support/TestSupport/Shared.swift
    var package = URL(filePath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    let beside = package.deletingLastPathComponent().appending(path: "shared").path
    return FileManager.default.fileExists(atPath: beside) ? beside : nil
  }()

  private static let availability: Bool = {
    if folder != nil { return true }
    print("../shared is absent (ALCOVE_SHARED names another place): tests that need it are skipped")
    return ProcessInfo.processInfo.environment["CI"] == "true"
  }()
}
