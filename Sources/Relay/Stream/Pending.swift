// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Synchronization

/// What has happened while a reader looked elsewhere: one set, never a queue, whatever arrives.
final class Pending: Sendable {
  enum Event: Sendable, Equatable {
    case channels(Set<ChannelID>)
    /// Nothing for as long as one wanted to wait.
    case silence
    /// The relay goes down, or the reader is gone.
    case end
  }

  private struct State {
    var channels: Set<ChannelID> = []
    var hasTicked = false
    var hasEnded = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func wake(_ channel: ChannelID) { change { $0.channels.insert(channel) } }
  func end() { change { $0.hasEnded = true } }
  private func tick() { change { $0.hasTicked = true } }

  /// Waits for the next event, for at most about `seconds`. One caller at a time.
  func wait(seconds: Int, _ deadlines: Deadlines) async -> Event {
    let deadline = deadlines.start(seconds: seconds) { [self] in tick() }
    defer { deadlines.stop(deadline) }
    await withTaskCancellationHandler {
      await park()
    } onCancel: {
      end()
    }
    return state.withLock { state in
      defer { state.hasTicked = false }
      if state.hasEnded { return .end }
      guard state.channels.isEmpty else {
        defer { state.channels = [] }
        return .channels(state.channels)
      }
      return .silence
    }
  }

  private func park() async {
    await withCheckedContinuation { continuation in
      let goOn = state.withLock { state in
        if state.hasEnded || state.hasTicked || !state.channels.isEmpty { return true }
        state.waiting = continuation
        return false
      }
      if goOn { continuation.resume() }
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let waiting = state.withLock { state in
      body(&state)
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }
}
