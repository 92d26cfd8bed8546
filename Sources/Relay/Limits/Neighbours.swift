// SPDX-License-Identifier: Apache-2.0

import Primitives
import Synchronization

/// What each address has had of what nobody pays for.
///
/// An address is an IPv4 address or the 56-bit prefix of an IPv6 one. It is kept in memory alone, as a
/// hash under a key that is thrown away each day together with everything counted under it.
final class Neighbours: Sendable {
  /// One address on one day.
  struct Place: Sendable, Hashable {
    fileprivate let day: Int
    fileprivate let hash: [UInt8]
  }

  private struct Entry {
    var connections = 0
    var handshakes: Allowance
    var refusedTokens: Allowance
    var creations: Allowance
  }

  private struct State {
    var key: [UInt8]
    var day = 0
    var turns: ContinuousClock.Instant
    var entries: [Place: Entry] = [:]
    /// Not before this is looked again for who can be forgotten.
    var nextLook: ContinuousClock.Instant?
  }

  /// Beyond so many, addresses that are new share one entry: memory is bounded whoever comes.
  private static let maximumEntries = 65_536

  private let limits: RelayLimits
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state: Mutex<State>

  init(
    _ limits: RelayLimits,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    self.limits = limits
    self.now = now
    state = Mutex(State(key: SystemRandom().bytes(32), turns: now() + .seconds(86_400)))
  }

  /// A connection begins; what is refused need not be ended with ``leave(_:)``.
  func arrive(_ address: IPAddress) -> Result<Place, Refusal> {
    change(address) { entry, now in
      guard entry.handshakes.take(now: now) else { return .handshakes }
      guard entry.connections < limits.connectionsPerAddress else { return .addressConnections }
      entry.connections += 1
      return nil
    }
  }

  func leave(_ place: Place) {
    state.withLock { state in
      // Yesterday's was forgotten with its day.
      state.entries[place]?.connections -= 1
    }
  }

  /// Counts a token that opened nothing. However many were shown at once, before one of them was judged: the
  /// next are looked at when so much time has passed.
  func refuseToken(of address: IPAddress) {
    _ = change(address) { entry, now in
      entry.refusedTokens.owe(now: now)
      return nil
    }
  }

  /// Whether this address has shown so many wrong tokens that no more are looked at until some time has passed.
  func hasGuessedEnough(_ address: IPAddress) -> Bool {
    isRefused(address) { entry, now in entry.refusedTokens.isLeft(now: now) ? nil : .refusedTokens }
  }

  /// Counts a token of postage that bought nothing.
  func refusePostage(of address: IPAddress) {
    _ = change(address) { entry, now in
      entry.creations.owe(now: now)
      return nil
    }
  }

  /// Whether this address may make one more channel.
  func mayCreate(_ address: IPAddress) -> Bool {
    !isRefused(address) { entry, now in entry.creations.take(now: now) ? nil : .creations }
  }

  /// Whether this address has made, or shown bad postage for, so many channels that it has to wait.
  func hasCreatedEnough(_ address: IPAddress) -> Bool {
    isRefused(address) { entry, now in entry.creations.isLeft(now: now) ? nil : .creations }
  }

  private func isRefused(
    _ address: IPAddress, _ body: (inout Entry, ContinuousClock.Instant) -> Limit?
  ) -> Bool {
    if case .failure = change(address, body) { return true }
    return false
  }

  struct Refusal: Error {
    let limit: Limit
  }

  private func change(
    _ address: IPAddress, _ body: (inout Entry, ContinuousClock.Instant) -> Limit?
  ) -> Result<Place, Refusal> {
    let now = now()
    return state.withLock { state in
      if now >= state.turns {
        state = State(
          key: SystemRandom().bytes(32), day: state.day + 1, turns: now + .seconds(86_400))
      }
      var place = Place(
        day: state.day, hash: Array(Digest.sha256(state.key + address.neighbour).prefix(16)))
      if state.entries[place] == nil, state.entries.count >= Self.maximumEntries {
        if state.nextLook.map({ now >= $0 }) ?? true {
          forget(&state, now)
          state.nextLook = now + .seconds(1)
        }
        if state.entries.count >= Self.maximumEntries {
          place = Place(day: state.day, hash: [])
        }
      }
      var entry = state.entries[place] ?? fresh(now)
      let limit = body(&entry, now)
      state.entries[place] = entry
      return limit.map { .failure(Refusal(limit: $0)) } ?? .success(place)
    }
  }

  private func fresh(_ now: ContinuousClock.Instant) -> Entry {
    Entry(
      handshakes: Allowance(limits.handshakesPerSecond, inSeconds: 1, now: now),
      refusedTokens: Allowance(limits.refusedTokensPerMinute, inSeconds: 60, now: now),
      creations: Allowance(limits.creationsPerMinute, inSeconds: 60, now: now))
  }

  /// Drops who is gone and owes nothing.
  private func forget(_ state: inout State, _ now: ContinuousClock.Instant) {
    for (place, entry) in state.entries {
      var entry = entry
      guard entry.connections == 0, entry.handshakes.isFull(now: now),
        entry.refusedTokens.isFull(now: now), entry.creations.isFull(now: now)
      else { continue }
      state.entries[place] = nil
    }
  }

  /// How many addresses are remembered now.
  var count: Int { state.withLock { $0.entries.count } }
}
