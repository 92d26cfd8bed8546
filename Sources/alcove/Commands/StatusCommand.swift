// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove status`
struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "one screen: you, your people, what waits, what to do next")
  static let examples = [
    "alcove status", "alcove status --json", "alcove status --profile practice",
  ]
  static let exits: [ExitStatus] = ExitStatus.profile

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let status = try session.alcove.status()
    let console = tool.console
    let commands = status.next.map(console.shown)
    let name = status.name.isEmpty ? "you" : console.shown(status.name)
    console.line(
      "\(console.outStyle(.strong, name))  \(status.role.rawValue), device \"\(Printable.line(status.device))\""
    )
    if let relay = status.relay { console.line("relay  \(Printable.line(relay))") }
    console.line()
    if status.people.isEmpty { console.line("Nobody yet.") }
    for person in status.people {
      console.line("  " + PersonView(person: person, console: console).row)
    }
    console.emit(
      "status",
      [
        "profile": .string(tool.directories.profile), "role": .string(status.role.rawValue),
        "name": .string(name), "device": .string(status.device),
        "relay": .optional(status.relay),
        "people": .array(
          status.people.map { PersonView(person: $0, console: console).json }),
        "unlocked": .bool(UserKeyring(tool.directories).holdsKey),
        "next": .strings(commands),
      ])
    if !commands.isEmpty {
      console.line()
      for (index, next) in commands.prefix(4).enumerated() {
        console.line((index == 0 ? "Next:  " : "       ") + console.outStyle(.strong, next))
      }
    }
    await session.close()
  }
}

/// `alcove people [NAME]`
struct PeopleCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "people", abstract: "whom you are connected to, and in which state",
    usage: "[NAME]")
  static let examples = ["alcove people", "alcove people mara", "alcove people --json"]
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.profile

  @Argument(help: "One of them, with everything about them.") var name: String?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let console = tool.console
    if let name {
      let person = try session.alcove.person(LocalName(typed: name))
      let view = PersonView(person: person, console: console)
      for line in view.lines { console.line(line) }
      console.emit("person", ["person": view.json])
    } else {
      let people = try session.alcove.people()
      for person in people { console.line(PersonView(person: person, console: console).row) }
      console.emit(
        "people", ["people": .array(people.map { PersonView(person: $0, console: console).json })])
      if people.isEmpty {
        console.say("Nobody yet.")
        console.next(try session.alcove.status().next.map(console.shown))
      }
    }
    await session.close()
  }
}

/// `alcove verify NAME`
struct VerifyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "compare the safety number", usage: "NAME")
  static let examples = [
    "alcove verify mara", "alcove verify mara --yes", "alcove verify mara --json",
  ]
  static let exits: [ExitStatus] = [.notFound, .identity] + ExitStatus.profile

  @Argument(help: "With whom.") var name: String
  @Flag(help: "The numbers were compared and are equal.") var yes = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let name = try LocalName(typed: name)
    let session = try tool.open()
    let console = tool.console
    var number = try session.alcove.safetyNumber(with: name)
    let who = console.shown(name.text)
    console.say(
      "Safety number with \(who). Compare it by voice or side by side; never in a message.")
    console.say()
    for row in stride(from: 0, to: 12, by: 4) {
      console.line("    " + number.groups[row..<row + 4].joined(separator: "  "))
    }
    console.say()
    if number.verified {
      console.ok("compared before; it does not change when keys rotate")
    } else if try yes
      || (tool.prompter.canAsk
        && tool.prompter.confirm(
          "Does \(who) see the same number?", flag: "--yes", onReturn: false))
    {
      try session.alcove.markVerified(name)
      number = try session.alcove.safetyNumber(with: name)
      console.ok("verified: nobody stands between you and \(who)")
    } else {
      console.say("Not marked as verified.")
      console.next("alcove verify \(console.quoted(name)) --yes")
    }
    console.emit(
      "safety_number",
      [
        "person": .string(who), "safety_number": .string(number.digits),
        "hash": .string(hexadecimal(number.hash)), "verified": .bool(number.verified),
      ])
    await session.close()
  }
}
