// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Synchronization

/// So many at once in all, and so many for one channel: whoever is slow on purpose slows down their own
/// channel and no other.
final class ChannelShares: Sendable {
  private struct State {
    var taken = 0
    var byChannel: [ChannelID: Int] = [:]
  }

  private let total: Int
  private let perChannel: Int
  private let state = Mutex(State())

  init(total: Int, perChannel: Int) {
    self.total = total
    self.perChannel = perChannel
  }

  /// Nil when there is none left; what was taken is given back when nobody holds it any more.
  func take(_ channel: ChannelID) -> Share? {
    let isTaken = state.withLock { state in
      let own = state.byChannel[channel, default: 0]
      guard state.taken < total, own < perChannel else { return false }
      state.taken += 1
      state.byChannel[channel] = own + 1
      return true
    }
    return isTaken ? Share { [self] in give(channel) } : nil
  }

  private func give(_ channel: ChannelID) {
    state.withLock { state in
      state.taken -= 1
      let left = state.byChannel[channel, default: 1] - 1
      state.byChannel[channel] = left > 0 ? left : nil
    }
  }

  final class Share: Sendable {
    private let end: @Sendable () -> Void
    fileprivate init(end: @escaping @Sendable () -> Void) { self.end = end }
    deinit { end() }
  }
}
