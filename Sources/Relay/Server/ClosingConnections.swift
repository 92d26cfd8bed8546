// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The connections that have had their last answer, and a moment to take it.
final class ClosingConnections: Sendable {
  private let channels = Mutex<Set<ObjectIdentifier>>([])

  /// Knows a connection until it is closed.
  func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    guard channels.withLock({ $0.insert(id).inserted }) else { return }
    channel.closeFuture.whenComplete { [self] _ in channels.withLock { _ = $0.remove(id) } }
  }

  func contains(_ channel: any Channel) -> Bool {
    channels.withLock { $0.contains(ObjectIdentifier(channel)) }
  }
}
