// SPDX-License-Identifier: Apache-2.0

/// A relay, as its clients see it: over HTTP, or in one process with a simulation.
public protocol RelayConnection: Sendable {
  func describe() async throws(RelayError) -> RelayDescription
  /// The same again is success.
  func create(_ channel: NewChannel) async throws(RelayError)
  /// Durable before it answers; the same again gives the first result.
  func append(_ append: Append) async throws(RelayError) -> Appended
  func read(_ request: ReadRequest) async throws(RelayError) -> ReadAnswer
  /// Ends a channel for good; the same again is success.
  func close(
    _ channel: ChannelID, token: AccessToken, turn: TurnSecret
  ) async throws(RelayError)
  /// Calls `receive` with each frame until it answers false, the relay says `bye`, or the connection
  /// ends.
  func follow(
    _ follow: Follow, receive: (Frame) async throws -> Bool
  ) async throws
}
