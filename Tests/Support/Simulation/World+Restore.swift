// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayLog
import RelayProtocol

extension World {
  /// The relay comes back from a backup that lacks the newest envelopes of one relationship.
  ///
  /// While it takes nothing but what members put back, they look in over whatever network there is, and
  /// at last over a kind one. What one of them had read is there again afterwards, in its place; what
  /// nobody had read comes from the outbox of who sent it.
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
    relay.isRecovering = true
    for _ in 0..<chance.between(0...4) { await sync(chance.pick([therapist, bond.client]), 0) }
    let (wasCalm, cut) = (isCalm, outages)
    isCalm = true
    outages = [:]
    for device in [therapist, bond.client, therapist, bond.client] { await sync(device, 0) }
    isCalm = wasCalm
    outages = cut
    relay.isRecovering = false

    let after = relay.entries(of: channel)
    guard before.prefix(after.count).map(\.id) == after.map(\.id) else {
      return fail("what members put back is not what was there")
    }
    trace.note(0, "members have put back \(after.count - (before.count - lost))")
    acknowledged.removeAll { $0.channel == channel && $0.position.value > UInt64(after.count) }
  }
}
