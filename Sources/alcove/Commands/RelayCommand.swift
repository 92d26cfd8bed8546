// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine

/// `alcove relay`
struct RelayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay", abstract: "what the relay is paid with",
    subcommands: [RelayPostageCommand.self])
}

/// `alcove relay postage`
struct RelayPostageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "postage", abstract: "tokens for new channels, which nobody can link to you",
    subcommands: [PostageShowCommand.self, PostageRequestCommand.self, PostageTakeCommand.self])
}

/// `alcove relay postage show`
struct PostageShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "how much postage there is (therapist)")
  static let examples = ["alcove relay postage show", "alcove relay postage show --json"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let postage = try session.alcove.postage()
    let console = tool.console
    console.line("  held            \(postage.held)")
    console.line("  asked for       \(postage.requested)")
    if postage.elsewhere > 0 { console.line("  of other relays \(postage.elsewhere)") }
    console.emit(
      "postage",
      [
        "held": .count(UInt64(postage.held)), "requested": .count(UInt64(postage.requested)),
        "elsewhere": .count(UInt64(postage.elsewhere)),
      ])
    if postage.requested > 0 { console.next("alcove relay postage take < answer") }
    await session.close()
  }
}

/// `alcove relay postage request N`
struct PostageRequestCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "request", abstract: "ask whoever runs the relay for tokens (therapist)",
    usage: "N")
  static let examples = [
    "alcove relay postage request 20 > request",
    "alcove relay postage request 20 | ssh relay alcove-relay postage issue"
      + " | alcove relay postage take",
  ]
  static let exits: [ExitStatus] = ExitStatus.relay

  @Argument(help: "How many tokens, from 1 to 1,000; a client needs two.") var count: Int
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let text = try await session.alcove.requestPostage(count)
    let console = tool.console
    if console.isJSON {
      console.emit("postage_request", ["count": .count(UInt64(count)), "request": .string(text)])
    } else {
      try console.data(Array(text.utf8))
    }
    console.ok("asked for \(count); the request says nothing about you")
    console.next(
      "whoever runs the relay: alcove-relay postage issue < request > answer",
      "alcove relay postage take < answer")
    await session.close()
  }
}

/// `alcove relay postage take`
struct PostageTakeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "take", abstract: "take the tokens that were asked for (therapist)",
    usage: "FILE|-")
  static let examples = ["alcove relay postage take < answer", "alcove relay postage take answer"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @Argument(help: "The answer; - or nothing reads it from standard input.", completion: .file())
  var file: String = "-"
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let bytes = try Files.input(file, limit: 1 << 20)
    let session = try tool.open()
    let count = try session.alcove.takePostage(String(decoding: bytes, as: UTF8.self))
    tool.console.ok("took \(count)")
    tool.console.emit("postage_taken", ["count": .count(UInt64(count))])
    tool.console.next("alcove invite NAME")
    await session.close()
  }
}
