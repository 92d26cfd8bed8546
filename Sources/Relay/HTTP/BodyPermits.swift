// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Bounds the memory that bodies in flight take, as they take it: what is only announced takes none. The
/// same for shares, of which each holder has one.
///
/// When there is no room, those give way who have held theirs for longest without getting anywhere: what
/// is sent or taken byte by byte must not keep everybody else out.
final class BodyPermits: Sendable {
  private struct Holder {
    var bytes: Int
    /// Nil while it is not the peer that is waited for.
    var since: ContinuousClock.Instant?
    let channel: any Channel
  }

  private struct State {
    var left: Int
    var next: UInt64 = 0
    var holders: [UInt64: Holder] = [:]
  }

  private let state: Mutex<State>
  /// How long nobody has to give way.
  private let patience: Duration
  private let onShortage: @Sendable () -> Void

  /// - Parameter onShortage: called for each connection that is refused, or closed to make room.
  init(bytes: Int, patience: Duration, onShortage: @escaping @Sendable () -> Void) {
    state = Mutex(State(left: bytes))
    self.patience = patience
    self.onShortage = onShortage
  }

  /// A permit that holds nothing yet.
  func begin(for channel: any Channel) -> Permit {
    state.withLock { state in
      state.next += 1
      state.holders[state.next] = Holder(bytes: 0, since: .now, channel: channel)
      return Permit(state.next, from: self)
    }
  }

  /// False when there is no room, and nobody to give way, or the holder had to give way itself.
  func add(_ bytes: Int, to number: UInt64) -> Bool {
    let now = ContinuousClock.now
    var gone: [any Channel] = []
    let isAdded = state.withLock { state in
      if state.left < bytes { gone = makeRoom(bytes, besides: number, &state, now) }
      guard state.left >= bytes, state.holders[number] != nil else { return false }
      state.left -= bytes
      state.holders[number]?.bytes += bytes
      return true
    }
    for channel in gone {
      onShortage()
      channel.close(promise: nil)
    }
    if !isAdded { onShortage() }
    return isAdded
  }

  /// Takes from those who have been longest, until there is room or nobody is left who must give.
  private func makeRoom(
    _ bytes: Int, besides number: UInt64, _ state: inout State, _ now: ContinuousClock.Instant
  ) -> [any Channel] {
    let slow = state.holders.compactMap { key, holder in
      holder.since.flatMap { since in
        key != number && holder.bytes > 0 && since + patience <= now ? (key, since, holder) : nil
      }
    }
    var gone: [any Channel] = []
    for (key, _, holder) in slow.sorted(by: { $0.1 < $1.1 }) {
      guard state.left < bytes else { break }
      state.holders[key] = nil
      state.left += holder.bytes
      gone.append(holder.channel)
    }
    return gone
  }

  /// Takes or gives back, so that so much is held; false when there is no room for more.
  func fit(_ bytes: Int, _ number: UInt64) -> Bool {
    let more = state.withLock { state in
      let more = bytes - (state.holders[number]?.bytes ?? 0)
      if more < 0, state.holders[number] != nil {
        state.holders[number]?.bytes = bytes
        state.left -= more
      }
      return more
    }
    return more <= 0 || add(more, to: number)
  }

  /// Whoever holds this has got somewhere.
  func progress(_ number: UInt64) {
    state.withLock { $0.holders[number]?.since = .now }
  }

  /// Whoever holds this does not give way until it has got somewhere.
  func hold(_ number: UInt64) {
    state.withLock { $0.holders[number]?.since = nil }
  }

  func give(_ number: UInt64) {
    state.withLock { state in
      if let holder = state.holders.removeValue(forKey: number) { state.left += holder.bytes }
    }
  }
}
