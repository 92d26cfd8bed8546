// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// Somebody this profile is connected to, for the screen and for programs.
struct PersonView {
  let person: Person
  let console: Console

  /// Name, state and what waits, on one line.
  var row: String {
    let name = TextWidth.pad(TextWidth.clip(console.shown(person.name.text), to: 16), to: 18)
    return name + ([state] + extras).joined(separator: ", ")
  }

  var state: String {
    switch person.state {
    case .invited: "invited, not answered yet"
    case .answered:
      trouble.map { "answered: \($0)" } ?? "answered, the other side has yet to sync"
    case .connected: person.consent.map { "consent \($0.words)" } ?? "connected"
    case .ended: person.consent.map { "consent \($0.words)" } ?? "ended"
    case .stopped: "stopped: \(trouble ?? "something cannot go on")"
    case .damaged: "damaged: \(trouble ?? "what is kept here does not open")"
    case .void: trouble ?? "the invitation came to nothing"
    }
  }

  private var trouble: String? { person.trouble.map { console.shown($0).message } }

  private var extras: [String] {
    var extras: [String] = []
    if person.state == .connected, !person.verified {
      extras.append(console.outStyle(.warning, "not verified"))
    }
    if person.unread > 0 {
      extras.append(console.outStyle(.strong, "\(person.unread) unread"))
    }
    if person.waiting > 0 { extras.append("\(person.waiting) not delivered") }
    if person.awaitsDecision { extras.append("waits for your counter-signature") }
    if person.newTermsWait { extras.append("new terms wait for your answer") }
    return extras
  }

  /// Everything about one person.
  var lines: [String] {
    var lines = [
      "\(console.outStyle(.strong, console.shown(person.name.text)))  \(person.role.rawValue)"
    ]
    func add(_ label: String, _ value: String?) {
      if let value { lines.append("  " + TextWidth.pad(label, to: 16) + value) }
    }
    add("signs as", person.signedAs.map(console.shown))
    add("state", state)
    if person.state == .connected {
      add(
        "verified", person.verified ? "yes" : "no: alcove verify \(console.quoted(person.name))")
    }
    add("epoch", person.epoch.map { String($0) })
    add("last new secret", person.lastOwnCommit.map { LocalTime(seconds: $0).ago })
    add(
      "last confirmed",
      person.confirmed.map { "up to \($0.position), \(LocalTime(seconds: $0.time).ago)" })
    add("unread", person.unread > 0 ? String(person.unread) : nil)
    add("not delivered", person.waiting > 0 ? String(person.waiting) : nil)
    add(
      "invitation", person.invitation.map { "good until \(LocalTime(seconds: $0.expires).moment)" })
    return lines
  }

  var json: JSON {
    .object([
      .init(name: "name", value: .string(console.shown(person.name.text))),
      .init(name: "state", value: .string(person.state.rawValue)),
      .init(name: "role", value: .string(person.role.rawValue)),
      .init(name: "signed_as", value: .optional(person.signedAs.map(console.shown))),
      .init(name: "verified", value: .bool(person.verified)),
      .init(name: "consent", value: .optional(person.consent?.token)),
      .init(name: "unread", value: .count(person.unread)),
      .init(name: "waiting", value: .count(person.waiting)),
      .init(name: "awaits_decision", value: .bool(person.awaitsDecision)),
      .init(name: "new_terms_wait", value: .bool(person.newTermsWait)),
      .init(name: "epoch", value: .optional(person.epoch.map { Int64(clamping: $0) })),
      .init(
        name: "last_own_commit",
        value: .time(person.lastOwnCommit.map { LocalTime(seconds: $0) })),
      .init(
        name: "confirmed_position",
        value: .optional(person.confirmed.map { Int64(clamping: $0.position) })),
      .init(
        name: "confirmed_at",
        value: .time(person.confirmed.map { LocalTime(seconds: $0.time) })),
      .init(name: "trouble", value: .optional(person.trouble?.code.rawValue)),
    ])
  }
}

extension ConsentPhase {
  /// A stable word for programs.
  var token: String { self == .inForce ? "in_force" : rawValue }
}
