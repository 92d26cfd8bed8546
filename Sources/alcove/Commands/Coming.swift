// SPDX-License-Identifier: Apache-2.0

/// What has its place in the design and is not built yet: it says so when typed, and is not listed as
/// available.
enum Coming {
  /// Commands, as typed behind `alcove`.
  static let commands = [
    "save", "retention", "erase", "device", "backup", "restore", "recovery use",
  ]

  /// Options, by the command that will take them.
  static let options = [
    "invite": ["--again"], "accept": ["--qr"], "verify": ["--qr"],
    "send": ["--file", "--image", "--voice"], "keys rotate": ["--identity"],
  ]

  /// The words that may still follow these.
  static func words(behind path: [String]) -> [String] {
    commands.map { $0.split(separator: " ").map(String.init) }
      .filter { $0.count == path.count + 1 && $0.starts(with: path) }
      .compactMap(\.last)
  }

  /// The first of these options of a command, as a refusal.
  static func option(of path: [String], among arguments: [String]) -> Failure? {
    let command = path.joined(separator: " ")
    let coming = options[command] ?? []
    let typed = arguments.prefix { $0 != "--" }.map { $0.prefix { $0 != "=" } }
    return typed.first { coming.contains(String($0)) }.map { failure("\(command) \($0)") }
  }

  static func failure(_ what: String) -> Failure {
    Failure(.notYet, "`alcove \(what)` is not built yet")
  }
}
