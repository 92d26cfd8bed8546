// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOCore
import Synchronization

/// A connection between its making and its handling.
///
/// A server that ends drops what it has accepted and not begun to handle, and the library takes a
/// connection that nobody finishes for a programmer's mistake, which ends the process. So it is finished
/// here.
final class HTTP1Connection: Sendable {
  private let value: HTTP1Channel.Value
  private let isTaken = Atomic(false)

  init(_ value: HTTP1Channel.Value) { self.value = value }

  var channel: any Channel { value.channel }

  /// The connection for its one handler.
  func take() -> HTTP1Channel.Value {
    isTaken.store(true, ordering: .relaxed)
    return value
  }

  deinit {
    guard !isTaken.load(ordering: .relaxed) else { return }
    Task { [value] in try? await value.executeThenClose { _, _ in } }
  }
}
