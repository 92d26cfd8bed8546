// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A TLS connection between its making and its end.
///
/// A server that goes down drops connections that nobody handles yet, and the streams of an HTTP/2
/// connection that nobody has taken; the library takes what is dropped open for a programmer's mistake,
/// which ends the process. So what was negotiated is kept until the connection has ended, whoever drops it.
final class NegotiatedConnection: Sendable {
  private let result: EventLoopFuture<RelayChannel.Protocols>
  let channel: any Channel

  init(_ result: EventLoopFuture<RelayChannel.Protocols>, _ channel: any Channel) {
    self.result = result
    self.channel = channel
  }

  /// Handles the connection and ends it. One whose handshake fails has nothing to be handled.
  func handle(_ body: (RelayChannel.Protocols) async -> Void) async {
    if let value = try? await result.get() { await body(value) }
    await Self.end(result, channel)
  }

  deinit {
    Task { [result, channel] in await Self.end(result, channel) }
  }

  private static func end(
    _ result: EventLoopFuture<RelayChannel.Protocols>, _ channel: any Channel
  ) async {
    // The only failure is that it had ended before.
    try? await channel.close()
    withExtendedLifetime(result) {}
  }
}
