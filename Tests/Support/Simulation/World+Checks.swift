// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine
import RelayLog
import RelayProtocol

extension World {
  /// What must hold once all is quiet.
  func check() throws {
    for (channel, position, id) in acknowledged {
      guard relationshipChannels.contains(channel) else { continue }
      let entries = relay.entries(of: channel)
      let index = Int(position.value) - 1
      if !entries.indices.contains(index) || entries[index].id != id {
        throw Violation(what: "what the relay acknowledged at \(position.value) is lost")
      }
    }
    try checkPostage()
    for bond in bonds {
      guard bond.isConnected else {
        if plan.leapsEarly { continue }
        throw Violation(what: "T and \(bond.client.name) never found each other")
      }
      try check(bond)
    }
  }

  private func check(_ bond: Bond) throws {
    let sides = [ConsentRole.therapist, .client]
    let people = try sides.map { role in
      try look(device(bond, role)) { try $0.person(name(in: bond, for: role)) }
    }
    let talks = try sides.map { role in
      try look(device(bond, role)) {
        try $0.read(name(in: bond, for: role), ReadSelection(marking: .unchanged))
      }
    }
    for (role, other) in [(0, 1), (1, 0)] {
      try checkNothingFalse(bond, sender: sides[role], sent: talks[role], received: talks[other])
    }
    let inTrouble = people.contains { $0.trouble != nil }
    // A log that was altered for good for one of them cannot lead to agreement.
    if plan.relay == .forking || plan.relay == .clumsy && inTrouble { return }
    if inTrouble { throw Violation(what: "trouble between T and \(bond.client.name)") }

    guard people[0].epoch == people[1].epoch else {
      throw Violation(what: "epochs differ: \(people.map { $0.epoch ?? 0 })")
    }
    let views = try sides.map { role in
      try look(device(bond, role)) { try $0.consent(with: name(in: bond, for: role)) }
    }
    guard views[0].ledger.head == views[1].ledger.head else {
      throw Violation(what: "ledgers differ")
    }
    try checkWithdrawals(bond, views[0].ledger)
    for (side, person) in zip(sides, people) where person.waiting > 0 {
      throw Violation(what: "messages of \(device(bond, side).name) wait for ever")
    }
    let bindings = try bindings(bond, views[0].ledger)
    for (role, other) in [(0, 1), (1, 0)] {
      try checkDelivery(bond, sender: sides[role], sent: talks[role], received: talks[other])
      for message in talks[other].messages where !message.fromMe {
        try checkConsent(message, views[0].ledger, bindings)
      }
    }
    try checkPosts(bond, talks[1])
    for role in sides {
      let report = try look(device(bond, role)) { try $0.audit(name(in: bond, for: role)) }
      guard report.audit.isClean else {
        throw Violation(
          what: "the audit of \(device(bond, role).name) finds \(report.audit.findings)")
      }
    }
  }

  private func device(_ bond: Bond, _ role: ConsentRole) -> Device {
    role == .therapist ? therapist : bond.client
  }

  // MARK: Messages

  /// Whatever the relay did: what is shown was sent, in this order, once.
  private func checkNothingFalse(
    _ bond: Bond, sender: ConsentRole, sent: Conversation, received: Conversation
  ) throws {
    let attempts = bond.attempts[sender] ?? []
    var places: [String: Int] = [:]
    for (index, attempt) in attempts.enumerated() { places[attempt.text] = index }
    var last = -1
    for message in received.messages where !message.fromMe {
      guard let place = places[message.text], attempts[place].scope == message.scope else {
        throw Violation(what: "shown and never sent: \(message.text)")
      }
      guard place > last else {
        throw Violation(what: "shown twice or out of order: \(message.text)")
      }
      last = place
    }
    // A relay that hides from its author what it has taken makes the author give it up.
    if plan.relay != .honest { return }
    let refused = Set(sent.messages.filter { $0.delivery == .refused }.map(\.text))
    if let wrong = received.messages.first(where: { !$0.fromMe && refused.contains($0.text) }) {
      throw Violation(what: "given up and yet shown: \(wrong.text)")
    }
  }

  /// Every message that was taken has arrived, or was given up for want of consent and never left.
  private func checkDelivery(
    _ bond: Bond, sender: ConsentRole, sent: Conversation, received: Conversation
  ) throws {
    let own = sent.messages.filter(\.fromMe)
    let known = Set(own.map(\.text))
    for attempt in bond.attempts[sender] ?? [] where attempt.isRecorded {
      guard known.contains(attempt.text) else {
        throw Violation(what: "taken and forgotten: \(attempt.text)")
      }
    }
    let delivered = own.filter { $0.delivery == .atRelay || $0.delivery == .confirmed }
    let shown = received.messages.filter { !$0.fromMe }
    guard delivered.map(\.text) == shown.map(\.text) else {
      let difference = Set(delivered.map(\.text)).symmetricDifference(shown.map(\.text)).sorted()
      throw Violation(what: "delivered and shown differ: \(difference)")
    }
    guard delivered.map(\.position) == shown.map(\.position) else {
      throw Violation(what: "the two sides place messages differently")
    }
    guard received.quarantined.isEmpty else {
      throw Violation(what: "kept apart: \(received.quarantined.map(\.text))")
    }
  }

  // MARK: Consent

  /// The ledger of every epoch, equal on both sides.
  private func bindings(_ bond: Bond, _ ledger: Ledger) throws -> [UInt64: Int] {
    let all = try bond.client.relationships().map { try bond.client.bindings($0) }
    guard let client = all.first else { throw Violation(what: "a relationship is gone") }
    let others = try therapist.relationships().map { try therapist.bindings($0) }
    guard others.contains(client) else {
      throw Violation(what: "the two sides bind epochs to different ledgers")
    }
    return try client.mapValues { binding in
      let length = Int(binding.length)
      guard ledger.lines.indices.contains(length - 1), ledger.lines[length - 1].head == binding.head
      else { throw Violation(what: "an epoch is bound to a ledger that is none") }
      return length
    }
  }

  private func checkConsent(
    _ message: Message, _ ledger: Ledger, _ bindings: [UInt64: Int]
  ) throws {
    guard let epoch = message.epoch, let length = bindings[epoch] else {
      throw Violation(what: "\(message.text) is of no epoch")
    }
    guard PlainConsent(Array(ledger.lines[..<length])).covers(message.scope, at: message.sent)
    else { throw Violation(what: "\(message.text) was sent outside the consent in force") }
  }

  /// What the client has withdrawn stands in the ledger, and nothing else.
  private func checkWithdrawals(_ bond: Bond, _ ledger: Ledger) throws {
    let landed = ledger.lines.compactMap { line -> Withdrawal? in
      if case .withdraw(let withdrawal) = line.body { withdrawal } else { nil }
    }
    for signed in bond.withdrawals where !landed.contains(signed.withdrawal) {
      throw Violation(what: "a withdrawal is lost")
    }
    // Signed again under a new key, a line may stand there beside its copy from a file, and two that say
    // the same may have become one.
    guard landed.allSatisfy({ extra in bond.withdrawals.contains { $0.withdrawal == extra } })
    else {
      throw Violation(what: "a withdrawal that nobody signed")
    }
  }

  /// No message of the client left its device after the client had withdrawn its scope.
  private func checkPosts(_ bond: Bond, _ talk: Conversation) throws {
    guard
      let channel = users.keys.first(where: {
        relationshipChannels.contains($0) && users[$0]?.contains(bond.client.index) == true
      })
    else { return }
    let entries = relay.entries(of: channel)
    for message in talk.messages where message.fromMe {
      guard let position = message.position, entries.indices.contains(Int(position) - 1) else {
        continue
      }
      for step in transmits[entries[Int(position) - 1].id] ?? [] {
        for signed in bond.withdrawals where signed.step < step {
          let covers =
            switch signed.withdrawal {
            case .everything: true
            case .scopes(let scopes): scopes.contains(message.scope)
            }
          let askedAgain = bond.askedAgain.contains {
            $0.scope == message.scope && $0.step >= signed.step && $0.step <= step
          }
          if covers, !askedAgain {
            throw Violation(what: "\(message.text) left after its scope was withdrawn")
          }
        }
      }
    }
  }
}
