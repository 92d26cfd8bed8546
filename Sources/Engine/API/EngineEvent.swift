// SPDX-License-Identifier: Apache-2.0

public import Consent

/// What a run of `sync` or `watch` saw, in order.
public enum EngineEvent: Sendable {
  case message(from: LocalName, Message)
  /// Received, but not covered by the consent in force.
  case quarantined(from: LocalName, Message)
  /// An own message was read back from the relay.
  case delivered(to: LocalName, id: [UInt8])
  /// An own message will not be sent: the consent no longer covers it.
  case refused(to: LocalName, id: [UInt8])
  /// The other device showed that it read up to here.
  case confirmed(by: LocalName, position: UInt64)
  /// A line entered the ledger.
  case line(LocalName, kind: LineKind, index: Int, byMe: Bool)
  /// A line of this device lost its race; say it again, if it is still wanted.
  case lineDied(LocalName, kind: LineKind)
  /// A received line waits for `consent acknowledge`.
  case decisionAwaited(LocalName)
  /// Keys were replaced; by whom is all that is told.
  case epoch(LocalName, epoch: UInt64, byMe: Bool)
  /// The relationship's channel exists and this device is in it.
  case connected(LocalName)
  /// The invitation was closed without a relationship.
  case invitationClosed(LocalName, EngineError)
  case notice(LocalName, Notice)
  /// The relationship cannot go on.
  case stopped(LocalName, EngineError)
  /// Seen by a watch: nothing more can be done for this person now, and why.
  case obstacle(LocalName, EngineError)

  /// Whom it is about.
  public var name: LocalName {
    switch self {
    case .message(let name, _), .quarantined(let name, _), .delivered(let name, _),
      .refused(let name, _), .confirmed(let name, _), .line(let name, _, _, _),
      .lineDied(let name, _), .decisionAwaited(let name), .epoch(let name, _, _),
      .connected(let name), .invitationClosed(let name, _), .notice(let name, _),
      .stopped(let name, _), .obstacle(let name, _):
      name
    }
  }

  /// Seen on a channel, and survived.
  public enum Notice: Equatable, Sendable {
    /// An envelope at this position does not open; it was counted and skipped.
    case unopenable(position: UInt64)
    /// A commit in an envelope that does not turn; it was ignored.
    case commitIgnored(position: UInt64)
    /// Messages that the relay no longer keeps.
    case expired(count: UInt64)
    /// The relay was restored from a backup.
    case newIncarnation
    /// A line dated ahead of this device's clock: it grants nothing until then.
    case lineFromTheFuture(index: Int)
    /// An answer on the intake that is none.
    case strayAnswer
    /// The invitation is over and nobody has been seen in the relationship that it founded, which stays:
    /// whoever has read its Welcome may still come.
    case nobodyCameIn
    /// The relay's receipt for the turn that carried this line does not hold; the line does.
    case receiptWrong(line: Int)
  }
}
