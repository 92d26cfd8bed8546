// SPDX-License-Identifier: Apache-2.0

extension AuditFinding: CustomStringConvertible {
  /// One sentence: where, and what.
  public var description: String { "\(place): \(problem)" }
}

extension AuditFinding.Place: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ledger: "ledger"
    case .line(let index): "line \(index)"
    case .epoch(let epoch): "epoch \(epoch)"
    case .message(let position): "message at position \(position)"
    }
  }
}

extension AuditFinding.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let error): error.description
    case .notReached: "not checked, since a line before it failed"
    case .datedAhead(let time): "dated ahead of this clock; grants nothing before \(time)"
    case .withdrawalTime: "dated before the line it was signed upon (it counts all the same)"
    case .withdrawalSawAnotherLedger:
      "signed upon a head that this ledger never had (it counts all the same)"
    case .head: "it does not end in the head that is bound to the encryption"
    case .binding: "bound to a head or length that is not the ledger's"
    case .bindingOrder: "its ledger does not follow from that of the epoch before"
    case .messageHead: "sent under a head that is not its epoch's"
    case .messageNotCovered(let scope, let refusal):
      "not covered by the consent under which it was sent (\(scope.words)): \(refusal)"
    case .messageSender: "its sender is not named in the ledger"
    case .other(let words): words
    }
  }

  /// A stable word for programs.
  public var code: String {
    switch self {
    case .refused(let error): error.code
    case .notReached: "not_reached"
    case .datedAhead: "dated_ahead"
    case .withdrawalTime: "withdrawal_time"
    case .withdrawalSawAnotherLedger: "withdrawal_saw_another_ledger"
    case .head: "head"
    case .binding: "binding"
    case .bindingOrder: "binding_order"
    case .messageHead: "message_head"
    case .messageNotCovered: "message_not_covered"
    case .messageSender: "message_sender"
    case .other: "other"
    }
  }
}
