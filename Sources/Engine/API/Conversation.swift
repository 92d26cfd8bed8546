// SPDX-License-Identifier: Apache-2.0

/// The messages of one relationship, each once, in order.
public struct Conversation: Sendable {
  public let person: Person
  public let messages: [Message]
  public let quarantined: [Message]
}
