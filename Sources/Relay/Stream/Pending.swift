// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Synchronization

/// Waits for a channel to change, for some time.
final class Pending: Sendable {
  enum Event: Sendable {
    /// There is something to be read.
    case news
    /// Nothing for as long as one wanted to wait.
    case silence
    /// The relay goes down, or the reader is gone.
    case end
  }

  private struct State {
    /// What happened first.
    var event: Event?
    var waiting: CheckedContinuation<Event, Never>?
  }

  private let state = Mutex(State())

  func wake(_: ChannelID) { happen(.news) }
  func end() { happen(.end) }

  /// Waits for something to happen, for at most about `seconds`. Once.
  func wait(seconds: Int, _ deadlines: Deadlines) async -> Event {
    let deadline = deadlines.start(seconds: seconds) { [self] in happen(.silence) }
    defer { deadlines.stop(deadline) }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let event = state.withLock { state in
          if state.event == nil { state.waiting = continuation }
          return state.event
        }
        if let event { continuation.resume(returning: event) }
      }
    } onCancel: {
      end()
    }
  }

  private func happen(_ event: Event) {
    let waiting = state.withLock { state in
      state.event = state.event ?? event
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(returning: event)
  }
}
