// SPDX-License-Identifier: Apache-2.0

/// What has not been read yet.
public struct Inbox: Sendable {
  /// By person, whoever wrote last first; the messages of each newest first.
  public let unread: [(person: Person, messages: [Message])]
  /// Whose messages are left out, since something of them does not open.
  public let damaged: [EngineError]
}
