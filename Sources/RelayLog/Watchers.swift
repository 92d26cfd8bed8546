// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Synchronization

/// Who waits for which channel.
final class Watchers: Sendable {
  private struct State {
    var next: UInt64 = 0
    var wakes: [ChannelID: [UInt64: @Sendable (ChannelID) -> Void]] = [:]
  }

  private let state = Mutex(State())

  func watch(_ channels: [ChannelID], wake: @escaping @Sendable (ChannelID) -> Void) -> Watch {
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    let watch = Watch { [self] channel in
      state.withLock { $0.wakes[channel, default: [:]][number] = wake }
    } end: { [self] channels in
      state.withLock { state in
        for channel in channels {
          state.wakes[channel]?[number] = nil
          if state.wakes[channel]?.isEmpty == true { state.wakes[channel] = nil }
        }
      }
    }
    for channel in channels { watch.add(channel) }
    return watch
  }

  func wake(_ channels: Set<ChannelID>) {
    for channel in channels {
      let wakes = state.withLock { $0.wakes[channel].map { Array($0.values) } ?? [] }
      for wake in wakes { wake(channel) }
    }
  }
}
