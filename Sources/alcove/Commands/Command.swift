// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// One command: what it takes, how its help ends, what it does.
protocol Command: ParsableCommand {
  var common: CommonOptions { get }
  static var examples: [String] { get }
  /// What it may end with, besides what any command may.
  static var exits: [ExitStatus] { get }
  /// Whether a mistake in the configuration file stops it; not what helps to find the mistake.
  static var needsConfiguration: Bool { get }
  func execute(_ tool: Tool) async throws
}

extension Command {
  static var exits: [ExitStatus] { [] }
  static var needsConfiguration: Bool { true }
  /// Everything it may end with, in order, as its help lists it.
  static var outcomes: [ExitStatus] {
    ExitStatus.allCases.filter { ExitStatus.any.contains($0) || exits.contains($0) }
  }
}

extension ExitStatus {
  /// What any command may end with; the disk that its output goes to may be full.
  static let any: [ExitStatus] = [.done, .failed, .quota, .usage]
  /// What every command that opens a profile may end with.
  static let profile: [ExitStatus] = [.locked, .integrity, .noProfile, .inUse, .cancelled]
  /// The same for one that talks to relays.
  static let relay: [ExitStatus] = profile + [.unreachable, .identity]
}
