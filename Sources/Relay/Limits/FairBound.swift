// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Bounds what requests take of something, as they take it: what is only announced takes nothing. One
/// peer has a share of it and no more.
///
/// When there is no room, whoever holds the most gives way to those who hold less, at once, and among
/// equals those who have got nowhere for a while: neither who is slow on purpose nor who comes back in
/// time keeps everybody else out.
final class FairBound: Sendable {
  private struct State {
    var ledger: FairLedger
    var channels: [UInt64: any Channel] = [:]
  }

  private let state: Mutex<State>
  private let onShortage: @Sendable () -> Void

  /// - Parameter perPeer: the most that one peer holds.
  /// - Parameter patience: how long nobody gives way to somebody who holds as much.
  /// - Parameter onShortage: called for each connection that is refused, or closed to make room.
  init(
    total: Int, perPeer: Int, patience: Duration, onShortage: @escaping @Sendable () -> Void
  ) {
    state = Mutex(
      State(ledger: FairLedger(total: total, perPeer: perPeer, patience: patience)))
    self.onShortage = onShortage
  }

  /// A permit that holds nothing yet.
  func begin(for channel: any Channel, _ peers: [Peer]) -> Permit {
    state.withLock { state in
      let number = state.ledger.begin(peers, now: .now)
      state.channels[number] = channel
      return Permit(number, from: self)
    }
  }

  /// False when there is no room, and nobody to give way, or the holder had to give way itself.
  func add(_ amount: Int, to number: UInt64) -> Bool {
    let (isAdded, gone) = state.withLock { state in
      var gone: [UInt64] = []
      let isAdded = state.ledger.add(amount, to: number, now: .now, gone: &gone)
      return (isAdded, gone.compactMap { state.channels.removeValue(forKey: $0) })
    }
    for channel in gone {
      onShortage()
      channel.close(promise: nil)
    }
    if !isAdded { onShortage() }
    return isAdded
  }

  /// Takes or gives back, so that so much is held; false when there is no room for more.
  func fit(_ amount: Int, _ number: UInt64) -> Bool {
    let missing = state.withLock { $0.ledger.shrink(number, to: amount) }
    return missing <= 0 || add(missing, to: number)
  }

  /// Whoever holds this has got somewhere.
  func progress(_ number: UInt64) { state.withLock { $0.ledger.progress(number, now: .now) } }

  /// Whoever holds this does not give way until it has got somewhere.
  func hold(_ number: UInt64) { state.withLock { $0.ledger.hold(number) } }

  func give(_ number: UInt64) {
    state.withLock { state in
      state.ledger.remove(number)
      state.channels[number] = nil
    }
  }
}
