// SPDX-License-Identifier: Apache-2.0

/// How long a client waits for a relay before it gives up.
public struct RelayPatience: Sendable {
  /// Until there is a connection.
  public var connect: Duration = .seconds(10)
  /// Until an answer is complete; a long poll adds the time that it asked for.
  public var answer: Duration = .seconds(60)
  /// Between two bytes: a stream that is silent for longer has a dead peer, since a relay sends a
  /// heartbeat at least every 25 seconds.
  public var silence: Duration = .seconds(60)
  /// How long one long poll waits, where streams do not pass.
  public var poll: Duration = .seconds(25)
  /// How long an append goes on trying where a channel has used up what it may append.
  public var limited: Duration = .seconds(30)

  public init() {}
}
