// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Synchronization

/// One run of a program on a device: it can end at any moment, and nothing leaves it afterwards.
final class SimulatedProcess: Sendable {
  struct End: Error {}

  private let ended = Mutex(false)

  var isOver: Bool { ended.withLock { $0 } }

  func end() throws -> Never {
    ended.withLock { $0 = true }
    throw End()
  }

  func requireAlive() throws {
    if isOver { throw End() }
  }
}
