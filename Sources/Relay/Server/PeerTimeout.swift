// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// Ends TCP connections whose peer has gone without a word.
///
/// A write counts as done once the kernel has it. When nobody acknowledges it, because a cable was pulled or
/// a telephone has left, the kernel alone knows, and by itself it waits for a quarter of an hour and more.
enum PeerTimeout {
  /// - Parameter seconds: How long a write may be without progress. The kernel is given one more: the
  ///   relay's own deadline, which is looked at twice a second, counts why it closes.
  static func set(on channel: any Channel, seconds: Int) {
    switch channel.remoteAddress {
    case .v4, .v6: break
    case .unixDomainSocket, nil: return
    }
    let option = ChannelOptions.Types.SocketOption(
      level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT))
    // The one failure is a connection that has ended already.
    try? channel.syncOptions?.setOption(option, value: (seconds + 1) * 1_000)
  }
}
