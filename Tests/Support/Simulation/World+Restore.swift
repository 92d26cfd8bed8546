// SPDX-License-Identifier: Apache-2.0

import Consent
import Primitives
import RelayLog
import RelayProtocol

extension World {
  /// The relay comes back from a backup that lacks the newest envelopes of one relationship.
  ///
  /// While it takes nothing but what members put back, they look in over whatever network there is, and
  /// at last over a kind one; or nobody comes in that time, and whoever has read furthest then writes first.
  /// What one of them had read is there again afterwards, in its place; what nobody had read comes from the
  /// outbox of who sent it.
  func restore(_ bond: Bond) async {
    guard bond.isConnected,
      let channel = relationshipChannels.first(where: {
        users[$0]?.contains(bond.client.index) == true
      })
    else { return }
    let before = relay.entries(of: channel)
    guard !before.isEmpty else { return }
    let lost = chance.between(1...min(before.count, 8))
    trace.note(0, "the relay comes back without \(lost) of \(before.count) envelopes")
    relay.restore(
      channel, to: before.count - lost, random: SeededRandom(seed: seed &* 4_096 &+ UInt64(step)))
    let ends = [therapist, bond.client].map { (try? $0.readEnd(of: before)) ?? 0 }
    let known = max(before.count - lost, ends[0], ends[1])
    acknowledged.removeAll { $0.channel == channel && $0.position.value > UInt64(known) }

    let comesLate = chance.happens(4_000)
    if !comesLate {
      relay.isRecovering = true
      for _ in 0..<chance.between(0...4) { await sync(chance.pick([therapist, bond.client]), 0) }
    }
    let (wasCalm, cut) = (isCalm, outages)
    isCalm = true
    outages = [:]
    var devices = [therapist, bond.client]
    if ends[1] > ends[0] { devices.reverse() }
    if comesLate { await send(bond, devices[0].role, .text, 0) }
    for device in devices + devices { await sync(device, 0) }
    isCalm = wasCalm
    outages = cut
    relay.isRecovering = false

    let after = relay.entries(of: channel)
    guard before.prefix(known).map(\.id) == after.prefix(known).map(\.id) else {
      return fail("what members put back is not what was there")
    }
    trace.note(0, "members have put back \(known - (before.count - lost))")
  }
}
