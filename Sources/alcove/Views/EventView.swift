// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// What a sync or a watch saw, for the screen and for programs.
struct EventView {
  let event: EngineEvent
  let console: Console

  /// Nil for what a person need not be told.
  var line: String? {
    switch event {
    case .message(let name, let message):
      return MessageView(message: message, person: name).lines(console).joined(separator: "\n")
    case .quarantined(let name, let message):
      return "\(warning)  \(shown(name))  a message was kept apart:"
        + " \(message.quarantine?.words ?? "not covered by the consent")"
    case .delivered: return nil
    case .refused(let name, _):
      return "\(warning)  \(shown(name))  a waiting message is not sent: the consent no longer"
        + " covers it"
    case .confirmed: return nil
    case .line(let name, let kind, let index, let byMe):
      return "\(good)  \(shown(name))  consent, line \(index): \(kind.sentence)"
        + (byMe ? " (yours)" : "")
    case .lineDied(let name, let kind):
      return "\(warning)  \(shown(name))  your line (\(kind.sentence)) came too late, or is dated"
        + " ahead of the clock, and does not count; sign it again if it is still wanted"
    case .decisionAwaited(let name):
      return "\(warning)  \(shown(name))  asks for more consent than the terms; decide:"
        + "  \(console.command("alcove consent acknowledge \(console.quoted(name))"))"
    case .epoch(let name, let epoch, let byMe):
      return byMe ? nil : "\(good)  \(shown(name))  new keys (epoch \(epoch))"
    case .connected(let name):
      return "\(good)  \(shown(name))  connected; now compare numbers:"
        + "  \(console.command("alcove verify \(console.quoted(name))"))"
    case .invitationClosed(let name, let error):
      return "\(warning)  \(shown(name))  \(console.shown(error).message)"
    case .notice(let name, .nobodyCameIn):
      return "\(warning)  \(shown(name))  \(EngineEvent.Notice.nobodyCameIn.words). To begin anew,"
        + " without what you wrote there:  \(console.command("alcove invite \(console.quoted(name))"))"
    case .notice(let name, let notice): return "\(warning)  \(shown(name))  \(notice.words)"
    case .obstacle(let name, let error):
      return "\(warning)  \(shown(name))  \(console.shown(error).message) \(error.safety)"
    case .stopped(let name, let error):
      return "\(console.outStyle(.bad, "!!"))  \(shown(name))  \(console.shown(error).message)"
        + " \(error.safety)"
    }
  }

  func emit() {
    switch event {
    case .message(let name, let message), .quarantined(let name, let message):
      MessageView(message: message, person: name).emit(on: console)
    case .delivered(let name, let id):
      emit("delivered", name, [("id", .string(hexadecimal(id)))])
    case .refused(let name, let id):
      emit("refused", name, [("id", .string(hexadecimal(id)))])
    case .confirmed(let name, let position):
      emit("confirmed", name, [("position", .count(position))])
    case .line(let name, let kind, let index, let byMe):
      emit(
        "consent_line", name,
        [("kind", .string(kind.rawValue)), ("line", .count(index)), ("by_me", .bool(byMe))])
    case .lineDied(let name, let kind):
      emit("consent_line_died", name, [("kind", .string(kind.rawValue))])
    case .decisionAwaited(let name): emit("decision_awaited", name, [])
    case .epoch(let name, let epoch, let byMe):
      emit("epoch", name, [("epoch", .count(epoch)), ("by_me", .bool(byMe))])
    case .connected(let name): emit("connected", name, [])
    case .invitationClosed(let name, let error):
      emit("invitation_closed", name, [("code", .string(error.code.rawValue))])
    case .notice(let name, let notice): emit("notice", name, [("text", .string(notice.words))])
    case .obstacle(let name, let error):
      emit(
        "obstacle", name,
        [
          ("code", .string(error.code.rawValue)), ("text", .string(console.shown(error).message)),
        ])
    case .stopped(let name, let error):
      emit(
        "stopped", name,
        [
          ("code", .string(error.code.rawValue)), ("text", .string(console.shown(error).message)),
        ])
    }
  }

  private func emit(_ type: String, _ name: LocalName, _ more: [(String, JSON)]) {
    guard console.isJSON else { return }
    let members: [(String, JSON)] =
      [
        ("v", 1), ("type", .string(type)), ("person", .string(shown(name))),
      ] + more
    console.emit(members)
  }

  private var good: String { console.outStyle(.good, "ok") }
  private var warning: String { console.outStyle(.warning, "! ") }
  private func shown(_ name: LocalName) -> String { console.shown(name.text) }
}

extension EngineEvent.Notice {
  var words: String {
    switch self {
    case .unopenable(let position):
      "an envelope at position \(position) does not open; it was counted and skipped"
    case .commitIgnored(let position):
      "a change of keys at position \(position) came without turning the lock; it was ignored"
    case .expired(let count): "\(count) messages have expired at the relay and cannot be read"
    case .newIncarnation: "the relay was restored from a backup"
    case .lineFromTheFuture(let index):
      "consent line \(index) is dated ahead of this computer's clock; it grants nothing until then"
    case .receiptWrong(let line):
      "the relay's receipt for consent line \(line) is not signed by it, or for something else; the"
        + " line itself has landed"
    case .nobodyCameIn:
      "the invitation is over and nobody has come in so far; they still may"
    case .strayAnswer: "something that is no answer lay on the invitation; it was ignored"
    }
  }
}

extension LineKind {
  /// What it does, in a few words.
  var sentence: String {
    switch self {
    case .terms: "new terms"
    case .grant: "consent given"
    case .acknowledge: "counter-signed"
    case .amend: "scopes changed"
    case .renew: "dates renewed"
    case .withdraw: "consent withdrawn, in whole or in part"
    case .end: "the relationship is ended"
    }
  }
}
