// SPDX-License-Identifier: Apache-2.0

/// Who holds how much of something that is bounded in all and for each peer, and who gives way.
///
/// A value without clock or lock. Every operation costs about the same however many hold something.
struct FairLedger {
  private struct Holder {
    var amount = 0
    /// False while it is not the peer that is waited for.
    var isWaiting = true
    /// Which of its places in the lines counts.
    var stamp: UInt64 = 0
    var since: ContinuousClock.Instant
    let peers: [Peer]

    var standing: (amount: Int, givable: Int) { (amount, isWaiting ? amount : 0) }
  }

  private struct Group {
    var amount = 0
    /// What of it is held by those who could give way.
    var givable = 0
    var holders = 0
    var line = WaitingLine()
  }

  private let perPeer: Int
  private let patience: Duration
  private(set) var left: Int
  private var next: UInt64 = 0
  private var stamps: UInt64 = 0
  private var holders: [UInt64: Holder] = [:]
  private var groups: [Peer: Group] = [:]
  /// Peers by the width in bits of what they could give: the last that is not empty has the largest, to a
  /// factor of two.
  private var ranks = [Set<Peer>](repeating: [], count: Int.bitWidth + 1)
  private var line = WaitingLine()

  init(total: Int, perPeer: Int, patience: Duration) {
    left = total
    self.perPeer = min(perPeer, total)
    self.patience = patience
  }

  /// A holder of nothing yet.
  mutating func begin(_ peers: [Peer], now: ContinuousClock.Instant) -> UInt64 {
    next += 1
    let peers = peers.isEmpty ? [.nobody(next)] : peers
    holders[next] = Holder(since: now, peers: peers)
    for peer in peers { groups[peer, default: Group()].holders += 1 }
    return next
  }

  /// Takes more; false when there is no room, or the holder had to give way itself.
  ///
  /// - Parameter gone: Who gave way.
  mutating func add(
    _ amount: Int, to number: UInt64, now: ContinuousClock.Instant, gone: inout [UInt64]
  ) -> Bool {
    guard let holder = holders[number] else { return false }
    // Within a share, those give way who have got nowhere for a while.
    for peer in holder.peers {
      while held(by: peer) + amount > perPeer {
        guard amount <= perPeer, let victim = stalled(in: peer, besides: number, now) else {
          return false
        }
        remove(victim)
        gone.append(victim)
      }
    }
    // In all, those who hold the most, and among equals those who have got nowhere for a while.
    let own = amount + (holder.peers.map { held(by: $0) }.max() ?? 0)
    while left < amount {
      guard
        let victim = oldestOfLargest(beyond: own, besides: number)
          ?? stalled(in: nil, besides: number, now)
      else { return false }
      remove(victim)
      gone.append(victim)
    }
    change(number) { $0.amount += amount }
    if holder.amount == 0, holder.isWaiting { progress(number, now: now) }
    return true
  }

  /// Gives back what is held beyond `amount`; what is missing to it.
  mutating func shrink(_ number: UInt64, to amount: Int) -> Int {
    let missing = amount - (holders[number]?.amount ?? 0)
    if missing < 0 { change(number) { $0.amount = amount } }
    return missing
  }

  /// Whoever holds this has got somewhere.
  mutating func progress(_ number: UInt64, now: ContinuousClock.Instant) {
    stamps += 1
    let place = WaitingLine.Place(holder: number, stamp: stamps)
    change(number) { holder in
      holder.isWaiting = true
      holder.stamp = place.stamp
      holder.since = now
    }
    guard let holder = holders[number] else { return }
    let current = current
    line.append(place, isCurrent: current)
    for peer in holder.peers { groups[peer]?.line.append(place, isCurrent: current) }
  }

  /// Whoever holds this does not give way until it has got somewhere.
  mutating func hold(_ number: UInt64) { change(number) { $0.isWaiting = false } }

  mutating func remove(_ number: UInt64) {
    guard let holder = holders[number] else { return }
    change(number) { $0.amount = 0 }
    holders[number] = nil
    for peer in holder.peers {
      groups[peer]?.holders -= 1
      if groups[peer]?.holders == 0 { groups[peer] = nil }
    }
  }

  /// Whether nothing is remembered of anybody.
  var isEmpty: Bool { holders.isEmpty && groups.isEmpty && ranks.allSatisfy(\.isEmpty) }

  // MARK: Inside

  private func held(by peer: Peer) -> Int { groups[peer]?.amount ?? 0 }

  private var current: (WaitingLine.Place) -> Bool {
    { [holders] place in
      guard let holder = holders[place.holder] else { return false }
      return holder.stamp == place.stamp && holder.isWaiting && holder.amount > 0
    }
  }

  /// Changes a holder, and with it what its peers hold and where they stand. In place: this is what each
  /// request pays several times.
  private mutating func change(_ number: UInt64, _ body: (inout Holder) -> Void) {
    guard let at = holders.index(forKey: number) else { return }
    let before = holders.values[at].standing
    body(&holders.values[at])
    let after = holders.values[at].standing
    left -= after.amount - before.amount
    for peer in holders.values[at].peers {
      guard let place = groups.index(forKey: peer) else { continue }
      let old = Self.rank(groups.values[place].givable)
      groups.values[place].amount += after.amount - before.amount
      groups.values[place].givable += after.givable - before.givable
      let new = Self.rank(groups.values[place].givable)
      guard new != old else { continue }
      if old > 0 { ranks[old].remove(peer) }
      if new > 0 { ranks[new].insert(peer) }
    }
  }

  /// Zero for nothing.
  private static func rank(_ amount: Int) -> Int { Int.bitWidth - amount.leadingZeroBitCount }

  /// Of the peer who holds the most, if that is more than `own`, who has waited for longest.
  private mutating func oldestOfLargest(beyond own: Int, besides number: UInt64) -> UInt64? {
    guard let rank = ranks.last(where: { !$0.isEmpty }) else { return nil }
    let largest = rank.prefix(16).max { held(by: $0) < held(by: $1) }
    guard let largest, held(by: largest) > own else { return nil }
    return first(in: largest, besides: number)
  }

  /// Who has got nowhere for a while, of one peer or of all.
  private mutating func stalled(
    in peer: Peer?, besides number: UInt64, _ now: ContinuousClock.Instant
  ) -> UInt64? {
    guard let found = first(in: peer, besides: number), let holder = holders[found],
      holder.since + patience <= now
    else { return nil }
    return found
  }

  private mutating func first(in peer: Peer?, besides number: UInt64) -> UInt64? {
    let current = current
    guard let peer else { return line.first(besides: number, isCurrent: current) }
    return groups[peer]?.line.first(besides: number, isCurrent: current)
  }
}
