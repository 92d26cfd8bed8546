// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol
import Synchronization

/// A standing interest in some channels; it ends when it is released.
package final class Watch: Sendable {
  private let channels = Mutex<[ChannelID]>([])
  private let begin: @Sendable (ChannelID) -> Void
  private let end: @Sendable ([ChannelID]) -> Void

  init(
    begin: @escaping @Sendable (ChannelID) -> Void, end: @escaping @Sendable ([ChannelID]) -> Void
  ) {
    self.begin = begin
    self.end = end
  }

  /// Watches one channel more.
  package func add(_ channel: ChannelID) {
    channels.withLock { $0.append(channel) }
    begin(channel)
  }

  deinit { end(channels.withLock(\.self)) }
}
