// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// One command: what it takes, how its help ends, what it does.
protocol Command: ParsableCommand {
  var common: CommonOptions { get }
  static var examples: [String] { get }
  /// What it may end with, besides 0, 1 and 64.
  static var exits: [ExitStatus] { get }
  /// Whether a mistake in the configuration file stops it; not what helps to find the mistake.
  static var needsConfiguration: Bool { get }
  func execute(_ tool: Tool) async throws
}

extension Command {
  static var exits: [ExitStatus] { [] }
  static var needsConfiguration: Bool { true }
}

extension ExitStatus {
  /// What every command that opens a profile may end with.
  static let profile: [ExitStatus] = [.locked, .noProfile, .inUse]
}
