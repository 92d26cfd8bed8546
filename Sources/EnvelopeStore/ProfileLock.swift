// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// The lock of a profile: at any time one process, and in it one thread, takes a step.
///
/// It is an advisory lock (`flock`) on a file of its own, which the kernel releases when a process
/// dies, however it dies. A step is short; who waits for more than ``patience`` is told that the
/// profile is busy. The same thread may take it again inside.
///
/// SQLite's own locking is not enough here: before version 3.51.3 two connections that write or
/// checkpoint at once can damage a write-ahead log.
public final class ProfileLock: Sendable {
  /// How long to wait for others.
  public let patience: Duration
  private let path: String
  private let threads = NSRecursiveLock()
  // Both guarded by `threads`.
  private nonisolated(unsafe) var depth = 0
  private nonisolated(unsafe) var descriptor: Int32 = -1

  /// Names the lock file, which is made when it is missing.
  public init(path: String, patience: Duration = .seconds(30)) {
    self.path = path
    self.patience = patience
  }

  deinit {
    if unsafe descriptor >= 0 { _ = unsafe Glibc.close(descriptor) }
  }

  /// Runs `body` while no other process and no other thread does.
  public func withLock<Answer>(_ body: () throws -> Answer) throws -> Answer {
    try acquire()
    defer { release() }
    return try body()
  }

  private func acquire() throws(StoreError) {
    let deadline = ContinuousClock.now + patience
    let limit = Date(timeIntervalSinceNow: patience / .seconds(1))
    guard threads.lock(before: limit) else { throw .busy }
    if unsafe depth == 0 {
      do {
        try acquireFile(before: deadline)
      } catch {
        threads.unlock()
        throw error
      }
    }
    unsafe depth += 1
  }

  private func release() {
    unsafe depth -= 1
    if unsafe depth == 0 { _ = unsafe flock(descriptor, LOCK_UN) }
    threads.unlock()
  }

  private func acquireFile(before deadline: ContinuousClock.Instant) throws(StoreError) {
    if unsafe descriptor < 0 {
      let opened = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard opened >= 0 else { throw StoreFiles.failure(errno) }
      unsafe descriptor = opened
    }
    // A fixed pause would let eight waiting processes march in step.
    var pause: UInt32 = 500
    while unsafe flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EWOULDBLOCK:
        guard ContinuousClock.now < deadline else { throw .busy }
        usleep(pause + UInt32.random(in: 0..<pause))
        pause = min(pause * 2, 8_000)
      case EINTR:
        continue
      default:
        throw .unavailable
      }
    }
  }
}
