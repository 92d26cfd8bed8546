// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A directory of this process alone, on the disk that is measured.
struct BenchPlace {
  let path: String

  init(_ directory: String) throws {
    path = directory + "/.alcove-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
