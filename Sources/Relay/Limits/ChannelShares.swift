// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RelayProtocol
import Synchronization

/// So many at once in all, and so many for one channel.
///
/// When all are taken, those give way whose peers have moved nothing for a while: whoever is slow on
/// purpose slows down their own channel, and with several channels the others no longer than that.
final class ChannelShares: Sendable {
  /// Counts shares, one for each holder.
  private let all: BodyPermits
  private let perChannel: Int
  private let onShortage: @Sendable () -> Void
  private let byChannel = Mutex<[ChannelID: Int]>([:])

  /// - Parameter onShortage: called for each request that is refused, or closed to make room.
  init(
    total: Int, perChannel: Int, patience: Duration, onShortage: @escaping @Sendable () -> Void
  ) {
    all = BodyPermits(bytes: total, patience: patience, onShortage: onShortage)
    self.perChannel = perChannel
    self.onShortage = onShortage
  }

  /// Nil when there is none left; what was taken is given back when nobody holds it any more.
  func take(_ channel: ChannelID, for connection: any Channel) -> Share? {
    let isTaken = byChannel.withLock { byChannel in
      let own = byChannel[channel, default: 0]
      guard own < perChannel else { return false }
      byChannel[channel] = own + 1
      return true
    }
    guard isTaken else {
      onShortage()
      return nil
    }
    let share = Share(all.begin(for: connection)) { [self] in give(channel) }
    return share.permit.add(1) ? share : nil
  }

  private func give(_ channel: ChannelID) {
    byChannel.withLock { byChannel in
      let left = byChannel[channel, default: 1] - 1
      byChannel[channel] = left > 0 ? left : nil
    }
  }

  final class Share: Sendable {
    let permit: Permit
    private let end: @Sendable () -> Void

    fileprivate init(_ permit: Permit, end: @escaping @Sendable () -> Void) {
      self.permit = permit
      self.end = end
    }

    deinit { end() }
  }
}
