// SPDX-License-Identifier: Apache-2.0

/// How fast channels append, in memory alone.
struct AppendRates {
  /// A turn after so long a pause is free: it may be a withdrawal of consent.
  static let turnPause: Int64 = 60_000

  /// Whose appends come to nothing new. Those who were removed from a channel do not use up what its
  /// members have, nor what those have who were removed at another turn.
  private struct Asker: Hashable {
    let channel: Int64
    let access: Access
  }

  private var taken: RateBuckets<Int64>
  private var repeats: RateBuckets<Asker>
  private var turns: [Int64: Int64] = [:]
  private var sweepAt = 4_096

  init(_ policy: StorePolicy) {
    taken = RateBuckets(perSecond: policy.appendsPerSecond, burst: policy.appendBurst)
    repeats = RateBuckets(perSecond: policy.appendsPerSecond, burst: policy.appendBurst)
  }

  /// How much is remembered of channels.
  var count: Int { taken.count + repeats.count + turns.count }

  /// - Parameter now: milliseconds of a clock that never goes back.
  func isOver(_ channel: Int64, now: Int64) -> Bool { taken.isEmpty(channel, now: now) }

  func hasTurnedLately(_ channel: Int64, now: Int64) -> Bool {
    turns[channel].map { now - $0 < Self.turnPause } ?? false
  }

  /// Counts an append that was taken.
  mutating func take(_ channel: Int64, turns isTurn: Bool, now: Int64) {
    taken.take(channel, now: now)
    guard isTurn else { return }
    turns[channel] = now
    if turns.count >= sweepAt {
      turns = turns.filter { now - $0.value < Self.turnPause }
      sweepAt = max(4_096, 2 * turns.count)
    }
  }

  /// Whether too many appends of those with this access came to nothing new.
  func isOverRepeats(_ channel: Int64, _ access: Access, now: Int64) -> Bool {
    repeats.isEmpty(Asker(channel: channel, access: access), now: now)
  }

  /// Counts an append that came to nothing new: a repeat, or a refusal.
  mutating func takeRepeat(_ channel: Int64, _ access: Access, now: Int64) {
    repeats.take(Asker(channel: channel, access: access), now: now)
  }
}
