// SPDX-License-Identifier: Apache-2.0

import Engine
import RelayProtocol
import Synchronization

/// A network on which nothing new comes: a follow lasts until whoever follows has had enough.
struct QuietRelays: RelayConnecting {
  let inner: TestNetwork
  /// What is read instead of what there is.
  var invention: @Sendable (ReadRequest) -> ReadAnswer? = { _ in nil }
  /// What each follow shows before it ends; one that shows nothing does not end.
  var news: Frame?
  /// Called when a follow begins.
  var onFollow: @Sendable () -> Void = {}

  func connection(to address: RelayAddress) throws -> any RelayConnection {
    QuietConnection(
      inner: try inner.connection(to: address), invention: invention, news: news, onFollow: onFollow
    )
  }
}

private struct QuietConnection: RelayConnection {
  let inner: any RelayConnection
  let invention: @Sendable (ReadRequest) -> ReadAnswer?
  let news: Frame?
  let onFollow: @Sendable () -> Void

  func describe() async throws(RelayError) -> RelayDescription { try await inner.describe() }
  func create(_ channel: NewChannel) async throws(RelayError) { try await inner.create(channel) }
  func append(_ append: Append) async throws(RelayError) -> Appended {
    try await inner.append(append)
  }
  func read(_ request: ReadRequest) async throws(RelayError) -> ReadAnswer {
    if let invented = invention(request) { return invented }
    return try await inner.read(request)
  }
  func close(
    _ channel: ChannelID, token: AccessToken, turn: TurnSecret
  ) async throws(RelayError) {
    try await inner.close(channel, token: token, turn: turn)
  }
  func follow(_ follow: Follow, receive: (Frame) async throws -> Bool) async throws {
    onFollow()
    if let news {
      _ = try await receive(news)
      return
    }
    while true { try await Task.sleep(for: .seconds(3_600)) }
  }
}
