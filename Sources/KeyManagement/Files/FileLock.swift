// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An advisory lock on a file, which the kernel releases when the process dies, however it dies.
///
/// Each lock opens the file anew, so that it holds between the threads of a process too.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Waits for others for at most `patience`, then ``VaultError/busy``.
  package init(path: String, patience: Duration = .seconds(30)) throws(VaultError) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw VaultStorage.failure(errno) }
    let deadline = ContinuousClock.now + patience
    // A fixed pause would let eight waiting processes march in step.
    var pause: UInt32 = 500
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      guard code == EWOULDBLOCK, ContinuousClock.now < deadline else {
        close(descriptor)
        throw code == EWOULDBLOCK ? .busy : .unavailable
      }
      usleep(pause + UInt32.random(in: 0..<pause))
      pause = min(pause * 2, 8_000)
    }
  }

  /// Nothing is held once this is gone, but scopes are easier to read with a `defer`.
  package func release() { _ = flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}
