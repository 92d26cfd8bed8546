// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// A message for the screen and for programs.
struct MessageView {
  let message: Message
  let person: LocalName
  /// Whether unread messages are marked as such; not in a chat, where each is read as it comes.
  var unread = Unread.marked

  enum Unread { case marked, unmarked }

  func emit(on console: Console) {
    console.emit(message.quarantine == nil ? "message" : "quarantined", members(console))
  }

  func members(_ console: Console) -> KeyValuePairs<String, JSON> {
    [
      "person": .string(console.discreet ? Printable.initials(person.text) : person.text),
      "id": .string(hexadecimal(message.id)), "from_me": .bool(message.fromMe),
      "kind": .string(message.scope.rawValue),
      "text": console.discreet ? .null : .string(message.text),
      "sent_at": .time(LocalTime(seconds: message.sent)),
      "delivery": .string(message.delivery.rawValue), "unread": .bool(message.unread),
      "position": .optional(message.position.map { Int64(clamping: $0) }),
      "epoch": .optional(message.epoch.map { Int64(clamping: $0) }),
      "quarantine": .optional(message.quarantine?.words),
    ]
  }

  /// The message laid out: who and when on one line, the text below it, wrapped.
  func lines(_ console: Console) -> [String] {
    let who = message.fromMe ? "me" : console.shown(person.text)
    let time = LocalTime(seconds: message.sent).moment
    let marks = [
      message.scope == .text ? nil : message.scope.words, mark,
      message.unread && unread == .marked ? "new" : nil,
    ].compactMap(\.self).joined(separator: ", ")
    let tail = marks.isEmpty ? "" : "  (\(marks))"
    if console.form == .plain {
      // One record per line.
      let text = Printable.lines(message.text).joined(separator: " / ")
      return ["\(time)  \(who)\(tail)  \(console.discreet ? "" : text)"]
    }
    var lines = [console.outStyle(message.fromMe ? .faint : .strong, "\(who)  \(time)\(tail)")]
    if !console.discreet {
      let width = max(20, min(console.width, 100) - 2)
      for line in Printable.lines(message.text) {
        lines += TextWidth.wrap(line, to: width).map { "  " + $0 }
      }
    }
    return lines
  }

  private var mark: String? {
    switch message.delivery {
    case .waiting: "not delivered yet"
    case .refused: "not sent: the consent no longer covers it"
    case .confirmed: "seen by the other device"
    case .atRelay, .received: nil
    }
  }
}

extension Quarantine {
  var words: String {
    switch self {
    case .scope: "its kind is not consented to"
    case .expired: "the consent had expired when it was sent"
    case .notInForce: "no consent was in force when it was sent"
    case .timeWentBack: "its time lies before that of an earlier message"
    case .malformed: "it is not a proper message"
    }
  }
}
