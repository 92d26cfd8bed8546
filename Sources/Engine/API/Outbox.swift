// SPDX-License-Identifier: Apache-2.0

public import Consent

/// What was written or signed here and waits.
public struct Outbox: Sendable {
  /// Own messages that are not known to lie at the relay, oldest first.
  public let messages: [(name: LocalName, message: Message)]
  /// Own consent lines that are signed and not in the ledger yet, oldest first; with those upon an answer that is
  /// not counter-signed.
  public let lines: [(name: LocalName, kind: LineKind)]
  /// Who is left out, since something of theirs does not open.
  public let damaged: [EngineError]
}
