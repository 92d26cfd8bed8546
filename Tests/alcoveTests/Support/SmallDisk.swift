// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A tmpfs of a few megabytes in place of a directory; only root can make one.
struct SmallDisk {
  let path: String
  private var filler: String { path + "/filler" }

  /// Nil where mounting is not allowed.
  init?(moving directory: String) async throws {
    path = directory
    let aside = directory + ".aside"
    try FileManager.default.moveItem(atPath: directory, toPath: aside)
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    let mounted = try await Run.program(
      "/bin/mount", ["-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs", directory],
      environment: [:])
    for file in try FileManager.default.contentsOfDirectory(atPath: aside) {
      try FileManager.default.copyItem(atPath: aside + "/" + file, toPath: directory + "/" + file)
    }
    if mounted.status != 0 { return nil }
  }

  func fill() throws {
    let descriptor = unsafe open(filler, O_WRONLY | O_CREAT, 0o600)
    for size in [65_536, 4_096, 512] {
      let block = [UInt8](repeating: 0, count: size)
      while unsafe write(descriptor, block, size) > 0 {}
    }
    close(descriptor)
  }

  func empty() throws { try FileManager.default.removeItem(atPath: filler) }

  func unmount() {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/umount")
    process.arguments = ["-l", path]
    try? process.run()
    process.waitUntilExit()
  }
}
