// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What has been settled so far, and what was taken back of it.
///
/// Each line of a ledger has its state. The histories of all of them share their common past: a ledger
/// of n lines holds n changes, not n lists of them, however often it was renewed.
struct SettlementHistory: Equatable, Sendable {
  private enum Change: Equatable, Sendable {
    case settled(ConsentState.Settlement)
    /// Of all settlements before.
    case tookAway(Set<Scope>)
    /// Of all settlements before.
    case shortened(to: ConsentTime)
  }

  private final class Entry: Sendable {
    let change: Change
    let before: Mutex<Entry?>

    init(_ change: Change, before: Entry?) {
      self.change = change
      self.before = Mutex(before)
    }

    /// Lets go of a long past one by one, where each would otherwise let go of the next within its own
    /// deinitialiser.
    deinit {
      var next = before.withLock { $0.take() }
      while isKnownUniquelyReferenced(&next) {
        next = next?.before.withLock { $0.take() }
      }
    }
  }

  private var newest: Entry?
  /// When the first settlement was made.
  private(set) var start: ConsentTime?
  /// What at least one settlement still holds.
  private(set) var held: Set<Scope> = []

  init() {}

  /// The newest settlement, as it now is.
  var last: ConsentState.Settlement? { last { _ in true } }

  /// The newest of the settlements, as they now are, for which something holds.
  func last(
    where holds: (ConsentState.Settlement) -> Bool
  ) -> ConsentState.Settlement? {
    var taken: Set<Scope> = []
    var end: ConsentTime?
    var entry = newest
    while let current = entry {
      switch current.change {
      case .settled(var settlement):
        settlement.scopes.subtract(taken)
        if let end { settlement.validUntil = min(settlement.validUntil, end) }
        if holds(settlement) { return settlement }
      case .tookAway(let scopes): taken.formUnion(scopes)
      case .shortened(let time): end = min(end ?? time, time)
      }
      entry = current.before.withLock { $0 }
    }
    return nil
  }

  mutating func append(_ settlement: ConsentState.Settlement) {
    newest = Entry(.settled(settlement), before: newest)
    start = start ?? settlement.time
    held.formUnion(settlement.scopes)
  }

  /// Takes scopes from all settlements. What none of them holds leaves no trace, since a ledger takes
  /// any number of withdrawals.
  mutating func takeAway(_ scopes: Set<Scope>) {
    let scopes = scopes.intersection(held)
    guard !scopes.isEmpty else { return }
    newest = Entry(.tookAway(scopes), before: newest)
    held.subtract(scopes)
  }

  /// Ends all settlements at a time, where they do not end before.
  mutating func shorten(to end: ConsentTime) {
    newest = Entry(.shortened(to: end), before: newest)
  }

  static func == (one: SettlementHistory, other: SettlementHistory) -> Bool {
    var (left, right) = (one.newest, other.newest)
    while left !== right {
      guard let one = left, let other = right, one.change == other.change else { return false }
      left = one.before.withLock { $0 }
      right = other.before.withLock { $0 }
    }
    return true
  }
}
