// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine
import Foundation
import Primitives
import RelayLog
import RelayProtocol

/// One relay, one therapist, one to three clients, a network, a clock: the whole of one seed.
///
/// Everything in it happens in one task, one thing after the other; concurrency is what the seed makes of
/// it, while calls to the relay are under way.
// Confined to the one task that runs its seed, which is why it may be unchecked.
final class World: @unchecked Sendable {
  let seed: UInt64
  let plan: Plan
  let chance: Chance
  /// When clocks leap and how far: a source of its own, for what came later than the seeds that are kept.
  let leaps: Chance
  let trace: Trace
  let time = SimulatedTime()
  let relay: MemoryRelay
  let devices: [Device]
  let bonds: [Bond]
  /// Whom a forking relay lies to.
  let victim: Int
  private let directory: String?

  /// The network is kind, and nobody dies.
  var isCalm = false
  /// Counts everything that happens, so that one thing can be said to come before another.
  var step = 0
  var violation: Violation?
  /// Top-level actions for which a device still has no network.
  var outages: [Int: Int] = [:]
  var away: Set<Int> = []
  var texts = 0
  var observers: [Int: Alcove] = [:]

  // What the relay has seen.
  var late: [Append] = []
  var accepted = 0
  var acknowledged: [(channel: ChannelID, position: Position, id: EnvelopeID)] = []
  var transmits: [EnvelopeID: [Int]] = [:]
  var users: [ChannelID: Set<Int>] = [:]
  var relationshipChannels: Set<ChannelID> = []
  var forks: [ChannelID: ForkedLog] = [:]

  /// Tokens that the therapist's device has taken.
  var issued = 0
  /// An answer to a request for postage that may not have been taken, and for how many.
  var postageAnswer: (text: String, count: Int)?
  var isFilling = false

  init(seed: UInt64, telling: Trace.Telling) throws {
    self.seed = seed
    chance = Chance(seed: seed)
    leaps = Chance(seed: ~seed)
    plan = Plan(seed: seed, chance)
    trace = Trace(telling)
    relay = MemoryRelay(
      random: SeededRandom(seed: seed &* 16 &+ 1), postage: plan.postage ? try Self.postage() : nil)
    if plan.ground == .real {
      let made = NSTemporaryDirectory() + "/alcove-simulation-\(seed)-\(UUID().uuidString)"
      try FileManager.default.createDirectory(
        atPath: made, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      directory = made
    } else {
      directory = nil
    }
    var devices: [Device] = []
    for index in 0...plan.clients {
      devices.append(
        try Device(
          index, seed: seed &* 16 &+ UInt64(index) &+ 2, time: time,
          skew: chance.happens(5_000) ? 0 : Int64(chance.between(-120...120)),
          directory: directory))
    }
    self.devices = devices
    victim = chance.below(devices.count)
    guard let therapistName = LocalName("albrecht") else {
      throw Violation(what: "a name is refused")
    }
    bonds = try devices.dropFirst().enumerated().map { index, client in
      guard let name = LocalName("client-\(index)") else {
        throw Violation(what: "a name is refused")
      }
      return Bond(index, client: client, clientName: name, therapistName: therapistName)
    }
  }

  var therapist: Device { devices[0] }

  /// Removes what the seed has left on the real disk.
  func clear() {
    observers = [:]
    for device in devices { device.forgetOpenFile() }
    if let directory { try? FileManager.default.removeItem(atPath: directory) }
  }

  /// Notes the first thing that must not happen.
  func fail(_ what: String) {
    trace.note(0, "!! \(what)")
    if violation == nil { violation = Violation(what: what) }
  }

  // MARK: The whole seed

  func run() async throws {
    trace.note(0, "seed \(seed): \(plan.summary)")
    try createProfiles()
    if plan.absence != .none { try await absence() }
    for _ in 0..<plan.actions {
      step += 1
      for (index, left) in outages { outages[index] = left > 1 ? left - 1 : nil }
      deliverLate(2_000)
      await act(0)
      if plan.postage, chance.happens(1_000) { await fill(chance.between(1...2), 0) }
      if plan.restores, chance.happens(800) { await restore(chance.pick(bonds)) }
      if plan.clocksLeap, leaps.happens(1_000) { await leap(leaps.pick(bonds)) }
      if let violation { throw violation }
    }
    try await settle()
    try check()
    if let violation { throw violation }
  }

  private func createProfiles() throws {
    for device in devices {
      try look(device) { alcove in
        try alcove.createProfile(
          NewProfile(
            role: device.role,
            name: device.role == .therapist ? "Dr. Ines Albrecht" : "Client \(device.index)",
            relay: device.role == .therapist ? "http://127.0.0.1:8080" : nil))
      }
    }
  }

  /// One device stays away while the other's keys change hundreds of times.
  private func absence() async throws {
    isCalm = true
    for bond in bonds {
      for _ in 0..<4 where !bond.isAccepted { await establish(bond, 0) }
    }
    try await quieten()
    guard bonds.allSatisfy(\.isConnected) else { throw Violation(what: "nobody to leave") }
    isCalm = false
    let bond = bonds[0]
    let (gone, here) =
      plan.absence == .therapist ? (therapist, bond.client) : (bond.client, therapist)
    trace.note(0, "\(gone.name) goes away")
    away.insert(gone.index)
    for number in 0..<plan.epochsAway {
      await rotate(bond, here.role, 0)
      if chance.happens(1_000) { await send(bond, here.role, .text, 0) }
      if chance.happens(200) { await send(bond, gone.role, .text, 0) }
      if chance.happens(500) { passTime(Int64(chance.between(3_600...90_000))) }
      if number == plan.epochsAway / 2, chance.happens(3_000) {
        await amend(bond, 0)
      }
      if let violation { throw violation }
    }
    trace.note(0, "\(gone.name) is back")
    away = []
  }
}
