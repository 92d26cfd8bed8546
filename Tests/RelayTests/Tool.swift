// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program of the system that some tests use; `Scripts/setup` installs them all.
enum Tool: String, CaseIterable {
  case strace = "/usr/bin/strace"
  case unshare = "/usr/bin/unshare"
  case nsenter = "/usr/bin/nsenter"
  case systemdAnalyze = "/usr/bin/systemd-analyze"

  var isThere: Bool { FileManager.default.isExecutableFile(atPath: rawValue) }

  /// Whether a test that needs it runs. On a machine for continuous integration it does in any case, and fails
  /// where the tool is missing; elsewhere it is shown as skipped.
  var isExpected: Bool { isThere || Self.isForIntegration }

  /// Whether a file system of its own can be had for a process.
  static let canMount: Bool = {
    guard Tool.unshare.isThere else { return Tool.unshare.isExpected }
    let result = try? Command.run(
      Tool.unshare.rawValue, ["-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"])
    return result?.status == 0
  }()

  private static let isForIntegration = ProcessInfo.processInfo.environment["CI"] == "true"
}
