// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A changed terminal that finds its way back, also when the process is told to end.
struct TerminalMode: Sendable {
  enum Kind {
    /// No echo, byte by byte, Ctrl-C as a byte.
    case secret
    /// The same without output translation, for a full-screen program.
    case raw
  }

  private static let changed = Mutex<(descriptor: Int32, before: termios)?>(nil)

  /// Nil when the descriptor is no terminal.
  static func enter(_ descriptor: Descriptor, _ kind: Kind) -> TerminalMode? {
    var before = termios()
    guard unsafe tcgetattr(descriptor.number, &before) == 0 else { return nil }
    var mode = before
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
    if kind == .raw { mode.c_iflag &= ~tcflag_t(IXON | ICRNL) }
    unsafe withUnsafeMutableBytes(of: &mode.c_cc) { buffer in
      unsafe buffer[Int(VMIN)] = 1
      unsafe buffer[Int(VTIME)] = 0
    }
    changed.withLock { $0 = (descriptor.number, before) }
    guard unsafe tcsetattr(descriptor.number, TCSAFLUSH, &mode) == 0 else { return nil }
    for number in [SIGTERM, SIGHUP, SIGINT] {
      signal(number) { number in
        TerminalMode.restore()
        _exit(128 + number)
      }
    }
    return TerminalMode()
  }

  func leave() {
    TerminalMode.restore()
    for number in [SIGTERM, SIGHUP, SIGINT] { signal(number, SIG_DFL) }
  }

  private static func restore() {
    // `withLockIfAvailable`: a signal may have come while the lock was held by this very thread.
    _ = changed.withLockIfAvailable { state in
      guard var saved = state else { return }
      unsafe tcsetattr(saved.descriptor, TCSANOW, &saved.before)
      state = nil
    }
  }
}
