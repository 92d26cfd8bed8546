// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Bounds the memory that bodies in flight take.
///
/// When there is no room, those give way who have held theirs for longest without getting anywhere: what
/// is sent or taken byte by byte must not keep everybody else out.
final class BodyPermits: Sendable {
  private struct Holder {
    let bytes: Int
    var since: ContinuousClock.Instant
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
  private let onGivingWay: @Sendable () -> Void

  /// - Parameter onGivingWay: called for each connection that is closed to make room.
  init(bytes: Int, patience: Duration, onGivingWay: @escaping @Sendable () -> Void) {
    state = Mutex(State(left: bytes))
    self.patience = patience
    self.onGivingWay = onGivingWay
  }

  /// Nil when there is no room, and nobody to give way; then nothing was taken.
  func take(_ bytes: Int, for channel: any Channel) -> Permit? {
    let now = ContinuousClock.now
    var gone: [any Channel] = []
    let number: UInt64? = state.withLock { state in
      if state.left < bytes { gone = makeRoom(bytes, &state, now) }
      guard state.left >= bytes else { return nil }
      state.left -= bytes
      state.next += 1
      state.holders[state.next] = Holder(bytes: bytes, since: now, channel: channel)
      return state.next
    }
    for channel in gone {
      onGivingWay()
      channel.close(promise: nil)
    }
    return number.map { Permit($0, from: self) }
  }

  /// Takes from those who have been longest, until there is room or nobody is left who must give.
  private func makeRoom(
    _ bytes: Int, _ state: inout State, _ now: ContinuousClock.Instant
  ) -> [any Channel] {
    let slow = state.holders.filter { $0.value.since + patience <= now }
    var gone: [any Channel] = []
    for (number, holder) in slow.sorted(by: { $0.value.since < $1.value.since }) {
      guard state.left < bytes else { break }
      state.holders[number] = nil
      state.left += holder.bytes
      gone.append(holder.channel)
    }
    return gone
  }

  /// Whoever holds this has got somewhere.
  func progress(_ number: UInt64) {
    state.withLock { $0.holders[number]?.since = .now }
  }

  func give(_ number: UInt64) {
    state.withLock { state in
      if let holder = state.holders.removeValue(forKey: number) { state.left += holder.bytes }
    }
  }
}
