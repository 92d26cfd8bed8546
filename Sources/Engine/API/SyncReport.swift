// SPDX-License-Identifier: Apache-2.0

/// What one `sync` did; an obstacle with one person does not stop the others.
public struct SyncReport: Sendable {
  public var events: [EngineEvent] = []
  public var obstacles: [(name: LocalName, error: EngineError)] = []
  /// Own messages and consent lines that still wait.
  public var waiting = 0

  public var received: Int {
    events.reduce(0) {
      if case .message = $1 { return $0 + 1 }
      return $0
    }
  }
}
