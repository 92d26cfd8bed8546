// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Bounds the memory that bodies in flight take.
final class BodyPermits: Sendable {
  private let left: Mutex<Int>

  init(bytes: Int) { left = Mutex(bytes) }

  /// False when there is no room; then nothing was taken.
  func take(_ bytes: Int) -> Bool {
    left.withLock { left in
      guard left >= bytes else { return false }
      left -= bytes
      return true
    }
  }

  func give(_ bytes: Int) { left.withLock { $0 += bytes } }
}
