// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A line that says what is waited for; only on a terminal, and only after half a second.
final class Progress: Sendable {
  private enum State { case waiting, shown, over }
  private let state = Mutex(State.waiting)

  init(_ what: String, on console: Console) {
    guard console.isInteractive else { return }
    Task { [weak self] in
      try? await Task.sleep(for: .milliseconds(500))
      self?.state.withLock { state in
        guard state == .waiting else { return }
        state = .shown
        try? Descriptor.standardError.write(Array("\(what)…".utf8))
      }
    }
  }

  /// Takes the line away again.
  func end() {
    state.withLock { state in
      if state == .shown { try? Descriptor.standardError.write(Array("\r\u{1B}[K".utf8)) }
      state = .over
    }
  }

  deinit { end() }
}
