// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// What the commands that sign a line have in common.
struct ConsentLine {
  static let exits: [ExitStatus] = [.notFound, .consent] + ExitStatus.relay

  let tool: Tool
  let session: Session
  let name: LocalName
  /// Whether it is about an answer to the own invitation that is dated ahead and not taken yet.
  private(set) var isEarly = false

  var alcove: Alcove { session.alcove }

  init(tool: Tool, session: Session, name: LocalName) {
    self.tool = tool
    self.session = session
    self.name = name
  }

  /// With whose answer that is not counter-signed a command has something to do.
  enum Answered { case nobodys, own, theirs }

  init(_ tool: Tool, _ name: String, answered: Answered = .nobodys) throws {
    self.init(tool: tool, session: try tool.open(), name: try LocalName(typed: name))
    let person = try session.alcove.person(self.name)
    guard person.state == .answered else { return }
    if person.role == .client {
      isEarly = true
      guard answered == .theirs else {
        throw Failure(person.trouble ?? EngineError(.notYetConnected, about: name))
      }
    } else if answered != .own {
      var failure = Failure(EngineError(.notYetConnected, about: name))
      failure.message =
        "your answer to \(tool.console.shown(name)) waits for their counter-signature; it can be"
        + " withdrawn now, and changed as soon as that has come"
      failure.safe = "Until then nothing is in force and nothing is sent. Nothing was changed."
      failure.next = [
        "on their computer: alcove sync", "then here: alcove sync",
        "or \(tool.console.command("alcove consent withdraw \(tool.console.quoted(self.name))"))",
      ]
      throw failure
    }
  }

  func ask(_ question: String, yes: Bool) throws(Failure) {
    guard !yes else { return }
    guard try tool.prompter.confirm(question, flag: "--yes", onReturn: false) else {
      throw Failure(.cancelled)
    }
  }

  /// - Parameters:
  ///   - effect: What it means from now on, whatever becomes of the channel.
  ///   - handedOver: The command that gets it to the other side where the channel cannot be relied on.
  func report(
    _ posted: LinePosted, done: (Int) -> String = { "signed and sent (line \($0))." },
    effect: String? = nil, handedOver: String? = nil
  ) async throws {
    let console = tool.console
    console.emit(
      "consent_line",
      [
        "person": .string(console.shown(name.text)), "kind": .string(posted.kind.rawValue),
        "line": .optional(posted.index.map { Int64($0) }),
        "obstacle": .optional(posted.obstacle?.code.rawValue),
      ])
    let place =
      posted.index.map(done)
      ?? (posted.obstacle?.isFinal == true ? "signed." : "signed; it goes out with the next sync.")
    console.ok(place + (effect.map { " " + $0 } ?? ""))
    if posted.index != nil, [.grant, .amend, .renew].contains(posted.kind),
      let view = try? alcove.consent(with: name),
      case .needsDecision = view.state.waiting(at: ConsentTime(clamping: LocalTime.now.seconds))
    {
      console.say("It asks for more than the terms, and counts once they have agreed to that.")
    }
    await session.close()
    if let obstacle = posted.obstacle {
      var failure = Failure(kept: obstacle)
      if let handedOver, obstacle.isFinal || obstacle.exit == .integrity {
        failure.next = [handedOver]
      }
      throw failure
    }
    if posted.index == nil { console.next("alcove sync") }
  }
}
