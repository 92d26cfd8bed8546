// SPDX-License-Identifier: Apache-2.0

/// What a seed is about, drawn before anything happens.
struct Plan: Sendable {
  /// Which suite and which store.
  enum Ground: String { case light, real }
  enum Relay: String {
    case honest
    /// Alters answers at random; no altered answer continues the chain.
    case clumsy
    /// Shows one device another log, whose chain is right in itself.
    case forking
  }
  /// Which device stays away for hundreds of epochs.
  enum Absence: String { case none, therapist, client }

  var ground = Ground.light
  var relay = Relay.honest
  var absence = Absence.none
  var clients = 1
  /// Top-level actions before the network turns kind.
  var actions = 40
  /// Of ten thousand calls to the relay, how many go wrong.
  var faults = 0
  /// Of ten thousand calls, during how many another process acts.
  var interruptions = 0
  /// Of ten thousand durable writes and moments around the network, how many end the process.
  var crashes = 0
  /// Of ten thousand reads, how many are lied about.
  var lies = 0
  /// Epochs that pass while one device is away.
  var epochsAway = 0
  /// The relay comes back from backups now and then.
  var restores = false
  /// Channels cost postage, of which there is never much.
  var postage = false
  /// A client's clock is far ahead now and then, for two syncs.
  var clocksLeap = false
  /// The clock may leap by weeks before everybody is connected.
  var leapsEarly = false

  init(seed: UInt64, _ chance: Chance) {
    if seed % 50 == 7 { absence = chance.pick([.therapist, .client]) }
    if seed % 20 == 3 { ground = .real }
    if seed % 10 == 9 { relay = chance.pick([.clumsy, .forking]) }
    clients = absence != .none ? 1 : chance.pick(weighted: [(6, 1), (3, 2), (1, 3)])
    actions = ground == .real ? chance.between(15...25) : chance.between(25...70)
    faults = chance.pick([0, 300, 1_000, 3_000])
    interruptions = chance.pick([0, 300, 1_500])
    crashes = chance.pick([0, 50, 200, 500])
    if relay != .honest { lies = chance.pick([500, 1_500]) }
    if absence != .none { epochsAway = chance.between(200...400) }
    leapsEarly = relay == .honest && chance.happens(500)
    postage = seed % 10 == 2
    // Drawn from nothing, so that every seed that was played before stays what it was.
    clocksLeap = seed >= 1_000 && seed % 4 == 0 && relay == .honest && absence == .none
    restores = seed % 6 == 5 && relay == .honest && absence == .none
  }

  var summary: String {
    """
    \(ground.rawValue) ground, \(relay.rawValue) relay, \(clients) client(s), \(actions) actions, \
    faults \(faults), interruptions \(interruptions), crashes \(crashes), lies \(lies), \
    away \(absence.rawValue) \(epochsAway)\(leapsEarly ? ", early leaps" : "")\
    \(restores ? ", restores" : "")\(postage ? ", postage" : "")\
    \(clocksLeap ? ", clocks that leap" : "")
    """
  }
}
