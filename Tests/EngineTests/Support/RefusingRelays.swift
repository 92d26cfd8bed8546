// SPDX-License-Identifier: Apache-2.0

import Engine
import RelayLog
import RelayProtocol

/// Relays of which one refuses some calls as a test decides, and does the others.
struct RefusingRelays: RelayConnecting {
  let inner: TestNetwork
  let refusal: @Sendable (RelayAddress, TestNetwork.Call) -> RelayError?

  func connection(to address: RelayAddress) throws -> any RelayConnection {
    RefusingConnection(inner: try inner.connection(to: address)) { refusal(address, $0) }
  }
}

private struct RefusingConnection: RelayConnection {
  let inner: any RelayConnection
  let refusal: @Sendable (TestNetwork.Call) -> RelayError?

  private func ask(_ call: TestNetwork.Call) throws(RelayError) {
    if let error = refusal(call) { throw error }
  }

  func describe() async throws(RelayError) -> RelayDescription {
    try ask(.describe)
    return try await inner.describe()
  }
  func create(_ channel: NewChannel) async throws(RelayError) {
    try ask(.create)
    try await inner.create(channel)
  }
  func append(_ append: Append) async throws(RelayError) -> Appended {
    try ask(.append)
    return try await inner.append(append)
  }
  func read(_ request: ReadRequest) async throws(RelayError) -> ReadAnswer {
    try ask(.read)
    return try await inner.read(request)
  }
  func close(
    _ channel: ChannelID, token: AccessToken, turn: TurnSecret
  ) async throws(RelayError) {
    try ask(.close)
    try await inner.close(channel, token: token, turn: turn)
  }
  func follow(_ follow: Follow, receive: (Frame) async throws -> Bool) async throws {
    try ask(.follow)
    // In memory a stream ends with what there is now; here it lasts until whoever follows has had enough.
    var isWanted = true
    while isWanted {
      try await inner.follow(follow) { frame in
        if case .bye = frame.body { return false }
        isWanted = try await receive(frame)
        return isWanted
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
