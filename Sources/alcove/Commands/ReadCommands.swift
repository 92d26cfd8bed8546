// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove read NAME`
struct ReadCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "the conversation", usage: "NAME")
  static let examples = [
    "alcove read mara", "alcove read mara --last 10", "alcove read mara --since 2026-11-01",
    "alcove read mara --search sheet", "alcove read mara --json",
  ]
  static let exits: [ExitStatus] = [.notFound] + ExitStatus.profile

  @Argument(help: "With whom.") var name: String
  @Option(help: ArgumentHelp("The newest so many.", valueName: "n")) var last: Int?
  @Option(help: ArgumentHelp("Sent on or after this day.", valueName: "date")) var since: String?
  @Option(help: ArgumentHelp("Holding this text.", valueName: "text")) var search: String?
  @Flag(help: "Do not mark as read.") var keepUnread = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let name = try LocalName(typed: name)
    if let last, last < 0 { throw Failure(.usage, "--last takes a number from 0") }
    let session = try tool.open()
    let conversation = try session.alcove.read(
      name,
      ReadSelection(
        last: last, since: try beginning(), containing: search, marking: .unchanged))
    let console = tool.console
    for (index, message) in conversation.messages.enumerated() {
      let view = MessageView(message: message, person: conversation.person.name)
      view.emit(on: console)
      if index > 0, console.form == .human { console.line() }
      for line in view.lines(console) { console.line(line) }
    }
    for message in conversation.quarantined {
      MessageView(message: message, person: conversation.person.name).emit(on: console)
    }
    let kept = conversation.quarantined.count
    if kept > 0 {
      console.warn(
        "\(kept) message\(kept == 1 ? " was" : "s were") kept apart, since the consent does not"
          + " cover \(kept == 1 ? "it" : "them"):  alcove explain quarantine")
    }
    if conversation.messages.isEmpty, last != nil || since != nil || search != nil {
      console.say("No messages with \(console.shown(name.text)) are among those asked for.")
      console.next("alcove read \(console.quoted(name))")
    } else if conversation.messages.isEmpty {
      console.say("No messages with \(console.shown(name.text)).")
      console.next("alcove send \(console.quoted(name))")
    }
    // Only now: what could not be written out, or was hidden, has not been read.
    let unread = conversation.messages.filter(\.unread).map(\.id)
    if !keepUnread, !console.discreet, !unread.isEmpty {
      try session.alcove.markRead(name, Set(unread))
    }
    await session.close()
  }

  /// The first second of the day that was asked for.
  private func beginning() throws(Failure) -> Int64? {
    guard let since else { return nil }
    guard let time = LocalTime(reading: since) else {
      throw Failure(.usage, "--since takes a day, such as 2026-11-01, or an RFC 3339 time in UTC")
    }
    return since.utf8.count == 10 ? time.seconds - 86_399 : time.seconds
  }
}

/// `alcove inbox`
struct InboxCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "inbox", abstract: "what you have not read, newest first")
  static let examples = ["alcove inbox", "alcove inbox --discreet", "alcove inbox --json"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let inbox = try session.alcove.inbox()
    let console = tool.console
    for (person, messages) in inbox.unread {
      for message in messages {
        let view = MessageView(message: message, person: person.name)
        view.emit(on: console)
        for line in view.lines(console) { console.line(line) }
      }
    }
    if let first = inbox.unread.first {
      console.next("alcove read \(console.quoted(first.person.name))")
    } else if inbox.damaged.isEmpty {
      console.say("Nothing unread.")
      console.next("alcove sync")
    }
    await session.close()
    try console.requireNone(damaged: inbox.damaged)
  }
}

/// `alcove outbox`
struct OutboxCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "what is not delivered yet")
  static let examples = ["alcove outbox", "alcove outbox --json"]
  static let exits: [ExitStatus] = ExitStatus.profile

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let outbox = try session.alcove.outbox()
    let console = tool.console
    for (name, message) in outbox.messages {
      let view = MessageView(message: message, person: name)
      console.emit("message", view.members(console))
      console.line("to \(console.shown(name.text)):")
      for line in view.lines(console) { console.line(line) }
    }
    for (name, kind) in outbox.lines {
      console.emit(
        "consent_line",
        ["person": .string(console.shown(name.text)), "kind": .string(kind.rawValue)])
      console.line(
        "to \(console.shown(name.text)):  \(kind.sentence), signed, not in the record yet")
    }
    if !outbox.messages.isEmpty || !outbox.lines.isEmpty {
      console.next("alcove sync")
    } else if outbox.damaged.isEmpty {
      console.say("Nothing waits.")
    }
    await session.close()
    try console.requireNone(damaged: outbox.damaged)
  }
}
