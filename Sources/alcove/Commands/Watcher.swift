// SPDX-License-Identifier: Apache-2.0

import Engine

/// Follows all channels for as long as it is let: comes back after the relay's pauses and failures.
struct Watcher: Sendable {
  let session: Session

  init(_ session: Session) { self.session = session }

  /// Returns when there is nobody to follow, or the task is cancelled.
  ///
  /// - Parameter obstacle: called with the error when the relay goes away, and with nil when it is back.
  func run(
    _ handle: @escaping @Sendable (EngineEvent) -> Void,
    obstacle: @escaping @Sendable (EngineError?) -> Void
  ) async throws {
    var failures = 0
    while !Task.isCancelled {
      do {
        let end = try await session.alcove.watch { event in
          handle(event)
          return true
        }
        if failures > 0 { obstacle(nil) }
        failures = 0
        switch end {
        case .nothingToWatch, .stopped: return
        case .reconnect(let milliseconds):
          try await Task.sleep(for: .milliseconds(Int(min(milliseconds, 60_000))))
        }
      } catch let error as EngineError where error.isDelay {
        if failures == 0 { obstacle(error) }
        failures += 1
        // 0.5 s, doubled up to 30 s, and a little chance so that many do not come back at once.
        let pause = min(30_000, 250 << min(failures, 7))
        try await Task.sleep(for: .milliseconds(pause + Int.random(in: 0..<250)))
      }
    }
  }
}
