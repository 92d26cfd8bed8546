// SPDX-License-Identifier: Apache-2.0

/// One thing an audit found wrong, and where.
public struct AuditFinding: Equatable, Sendable {
  public enum Place: Equatable, Sendable {
    /// The file or the ledger as a whole.
    case ledger
    case line(Int)
    case epoch(UInt64)
    /// A stored message, by its position in the channel.
    case message(position: UInt64)
  }

  public enum Problem: Equatable, Sendable {
    /// A line, or the file, is not what its rules demand.
    case refused(ConsentError)
    /// A line before this one failed: nothing can be said about it.
    case notReached
    /// Dated more than ten minutes ahead of this clock: it grants nothing before this time.
    case datedAhead(ConsentTime)
    /// A withdrawal that is dated before the line it was signed upon. It is valid all the same.
    case withdrawalTime
    /// A withdrawal signed upon a head that this ledger never had, as on the other side of a fork. It
    /// is valid all the same.
    case withdrawalSawAnotherLedger
    /// The ledger should end in another head, or have another length.
    case head
    /// The group context of the epoch names a length and head that are not this ledger's.
    case binding
    /// The epoch's ledger is shorter than that of an epoch before it, or grew by more than one line.
    case bindingOrder
    /// The message names an epoch that is not known, or another head than its epoch's.
    case messageHead
    /// The consent under which the message was sent does not cover it.
    case messageNotCovered(Scope, Refusal)
    /// The message's sender is not named in the ledger.
    case messageSender
    /// Something that the caller checked and words itself.
    case other(String)
  }

  public let place: Place
  public let problem: Problem

  public init(_ place: Place, _ problem: Problem) {
    self.place = place
    self.problem = problem
  }
}
