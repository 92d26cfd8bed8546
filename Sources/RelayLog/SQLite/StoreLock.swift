// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Keeps other processes out of a store; the kernel releases it when this one ends, however it ends.
final class StoreLock: Sendable {
  private let descriptor: Mutex<Int32>

  init(path: String) throws(RelayStoreError) {
    let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .unavailable }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(file)
      throw .inUse
    }
    descriptor = Mutex(file)
  }

  func release() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { Glibc.close(descriptor) }
      descriptor = -1
    }
  }

  deinit { release() }
}
