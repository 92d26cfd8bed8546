// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `alcove paths`
struct PathsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "paths", abstract: "where this profile's files lie")
  static let examples = ["alcove paths", "alcove paths --profile practice --json"]
  static let needsConfiguration = false

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) throws {
    let places = tool.directories
    for (what, path) in [
      ("vault", places.vault), ("store", places.store), ("lock", places.lock),
      ("configuration", places.configuration), ("state", places.state),
    ] {
      tool.console.line(
        "\(TextWidth.pad(what, to: 15))\(Printable.line(path))")
    }
    tool.console.emit(
      "paths",
      [
        "profile": .string(places.profile), "directory": .string(places.data),
        "vault": .string(places.vault), "store": .string(places.store),
        "lock": .string(places.lock), "configuration": .string(places.configuration),
        "state": .string(places.state),
      ])
  }
}

/// `alcove completion SHELL`
struct CompletionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "a completion script for bash, zsh or fish",
    usage: "SHELL")
  static let examples = [
    "alcove completion bash > ~/.local/share/bash-completion/completions/alcove",
    "alcove completion zsh > ~/.zfunc/_alcove",
    "alcove completion fish > ~/.config/fish/completions/alcove.fish",
  ]
  @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
  var shell: String
  static let needsConfiguration = false

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) throws {
    guard let known = CompletionShell(rawValue: shell) else {
      throw Failure(
        .usage, "there are completions for bash, zsh and fish, not for \(Printable.line(shell))",
        next: CompletionShell.allCases.map { "alcove completion \($0.rawValue)" })
    }
    let script = RootCommand.completionScript(for: known)
    if tool.console.isJSON {
      tool.console.emit("completion", ["shell": .string(shell), "script": .string(script)])
    } else {
      try tool.console.data(Array(script.utf8))
    }
  }
}

/// `alcove version`
struct VersionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "the version of this program")
  static let examples = ["alcove version", "alcove --version"]
  static let needsConfiguration = false

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) {
    tool.console.line("alcove \(Version.text)")
    tool.console.emit("version", ["version": .string(Version.text)])
  }
}
