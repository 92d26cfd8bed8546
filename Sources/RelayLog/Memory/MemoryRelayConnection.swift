// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// A client's way to a ``MemoryRelay``, on which things go wrong as a test decides.
package struct MemoryRelayConnection: RelayConnection {
  package enum Call: Sendable, Hashable { case describe, create, append, read, close, follow }
  package enum Fault: Sendable, Hashable {
    /// Nothing goes wrong.
    case none
    /// Nothing leaves.
    case unreachable
    /// The request is lost on its way; the caller cannot know.
    case loseRequest
    /// The relay does it, and its answer is lost.
    case loseAnswer
  }

  package let relay: MemoryRelay
  /// Asked before every call.
  package let fault: @Sendable (Call) -> Fault
  /// What a lying relay shows instead of what it holds.
  package let lie: @Sendable (ReadAnswer) -> ReadAnswer

  package init(
    to relay: MemoryRelay, fault: @escaping @Sendable (Call) -> Fault = { _ in .none },
    lie: @escaping @Sendable (ReadAnswer) -> ReadAnswer = { $0 }
  ) {
    self.relay = relay
    self.fault = fault
    self.lie = lie
  }

  package func describe() async throws(RelayError) -> RelayDescription {
    try perform(.describe) { () throws(RelayError) in relay.describe() }
  }

  package func create(_ channel: NewChannel) async throws(RelayError) {
    try perform(.create) { () throws(RelayError) in try relay.create(channel) }
  }

  package func append(_ append: Append) async throws(RelayError) -> Appended {
    try perform(.append) { () throws(RelayError) in try relay.append(append) }
  }

  package func read(_ request: ReadRequest) async throws(RelayError) -> ReadAnswer {
    lie(try perform(.read) { () throws(RelayError) in try relay.read(request) })
  }

  package func close(
    _ channel: ChannelID, token: AccessToken, turn: TurnSecret
  ) async throws(RelayError) {
    try perform(.close) { () throws(RelayError) in
      try relay.close(channel, token: token, turn: turn)
    }
  }

  /// Sends all there is now and ends: nothing arrives while one waits in one thread.
  package func follow(
    _ follow: Follow, receive: (Frame) async throws -> Bool
  ) async throws {
    for (index, subscription) in follow.subscriptions.enumerated() {
      let answer = try await read(
        ReadRequest(
          channel: subscription.channel, token: subscription.token, after: subscription.after))
      for frame in answer.frames {
        guard try await receive(Frame(subscription: UInt16(index), frame.body)) else { return }
      }
    }
    _ = try await receive(Frame(.bye(.drain, retryAfterMilliseconds: 0)))
  }

  private func perform<R>(
    _ call: Call, _ body: () throws(RelayError) -> R
  ) throws(RelayError) -> R {
    switch fault(call) {
    case .none: return try body()
    case .unreachable: throw .unreachable
    case .loseRequest: throw .outcomeUnknown
    case .loseAnswer:
      do { _ = try body() } catch {}
      throw .outcomeUnknown
    }
  }
}
