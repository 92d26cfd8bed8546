// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// What the kernel is told about TCP connections of peers.
enum TCPOptions {
  /// How much of an answer the kernel takes before it can send it, in bytes. Without a bound it takes megabytes at the
  /// speed of memory for a peer who may never read, which others have to wait for.
  private static let notSent = 64 << 10

  /// Ends connections whose peer has gone without a word, and bounds what waits to be sent.
  ///
  /// A write counts as done once the kernel has it. When nobody acknowledges it, because a cable was pulled or
  /// a telephone has left, the kernel alone knows, and by itself it waits for a quarter of an hour and more.
  ///
  /// - Parameter seconds: How long a write may be without progress. The kernel is given one more: the
  ///   relay's own deadline, which is looked at twice a second, counts why it closes.
  static func set(on channel: any Channel, writeSeconds seconds: Int) {
    switch channel.remoteAddress {
    case .v4, .v6: break
    case .unixDomainSocket, nil: return
    }
    for (name, value) in [
      (TCP_USER_TIMEOUT, (seconds + 1) * 1_000), (TCP_NOTSENT_LOWAT, notSent),
    ] {
      let option = ChannelOptions.Types.SocketOption(
        level: .tcp, name: NIOBSDSocket.Option(rawValue: name))
      // The one failure is a connection that has ended already.
      try? channel.syncOptions?.setOption(option, value: SocketOptionValue(value))
    }
  }
}
