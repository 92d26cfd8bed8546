// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

extension World {
  /// The network turns kind: everybody syncs until nothing moves, says one more thing, and syncs again.
  func settle() async throws {
    trace.note(0, "the network turns kind")
    isCalm = true
    outages = [:]
    away = []
    while !late.isEmpty { deliverLate(10_000) }
    // The first may be what an earlier request has left.
    for _ in 0..<2 { await fill(4 * bonds.count, 0) }
    for bond in bonds {
      for _ in 0..<4 where !bond.isAccepted && bond.outcome == .open {
        await establish(bond, 0)
      }
    }
    try await quieten()
    var owed: [(bond: Bond, role: ConsentRole, text: String)] = []
    for bond in bonds where bond.isConnected {
      for (role, scope) in [
        (ConsentRole.therapist, Scope.text), (.client, .text), (.client, .questionnaires),
      ] {
        if let text = await send(bond, role, scope, 0) { owed.append((bond, role, text)) }
      }
    }
    try await quieten()
    guard plan.relay == .honest else { return }
    for (bond, role, text) in owed {
      let sent = try look(role == .therapist ? therapist : bond.client) {
        try $0.read(
          name(in: bond, for: role), ReadSelection(containing: text, marking: .unchanged)
        ).messages.first { $0.text == text }
      }
      if sent?.delivery == .refused || sent == nil {
        throw Violation(what: "consented to and given up: \(text)")
      }
    }
  }

  /// Syncs everybody until a whole round brings nothing new.
  func quieten() async throws {
    for _ in 0..<60 {
      let before = accepted
      var events = 0
      for device in devices {
        step += 1
        let ended = await run(device, 0, "syncs") { try await $0.sync() }
        guard case .done(let report) = ended else {
          throw violation ?? Violation(what: "\(device.name) cannot sync over a kind network")
        }
        judge(report, device, 0)
        events += report.events.count
        if plan.relay == .honest, !plan.leapsEarly, let obstacle = report.obstacles.first {
          fail("\(device.name) meets \(obstacle.error.code.rawValue) over a kind network")
        }
      }
      noteConnections()
      if let violation { throw violation }
      if events == 0, accepted == before { return }
    }
    throw Violation(what: "no quiet after 60 rounds of sync")
  }
}
