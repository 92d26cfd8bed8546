// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import RelayLog
import RelayProtocol
import Testing

/// A ledger that takes no counter-signature any more.
@Suite struct FullLedgerTests {
  private struct Undone: Error {}

  @Test func `a counter-signature that the ledger does not take keeps back nothing else`()
    async throws
  {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines.alcove, practice.mara.alcove)
    let owner = try mara.owner(of: practice.inesName)
    var full = try mara.look(owner) { $0.ledger }
    var isOn = true
    while full.lines.count < Ledger.maximumLength {
      isOn.toggle()
      try full.append(
        try mara.sign(
          .amend(Amendment(changes: [.questionnaires: isOn])), upon: full, void: [], owner: owner,
          now: practice.clock.now()))
    }
    var run = Run()
    #expect(throws: Undone.self) {
      try ines.step(try ines.owner(of: practice.maraName), &run) { room in
        room.ledger = full
        let time = ConsentTime(clamping: room.now)
        guard case .withinTerms(let line) = full.state.waiting(at: time) else {
          Issue.record("nothing waits for a counter-signature")
          throw Undone()
        }
        #expect(throws: EngineError(.consentLineRefused, about: "mara")) {
          try room.sign(.acknowledge(line), origin: .automatic)
        }
        _ = try room.write(Array("still sent".utf8), scope: .text)
        guard case .append(let pending) = try room.next() else {
          Issue.record("nothing is posted")
          throw Undone()
        }
        #expect(pending.turn == nil && pending.item != nil)
        throw Undone()
      }
    }
  }
}
