// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import WireFormat

/// Withdrawals that were handed over before the answer that they take back was read here.
///
/// Counter-signing that answer and taking the file afterwards would put into force what is known to be
/// withdrawn. So the line waits, as the client's own does, among the records of the relationship to come. It
/// binds from the founding on, and the first commit carries it.
extension Alcove {
  /// Keeps a withdrawal for the invitation that it is about; nil if none of that relationship is under way.
  ///
  /// The terms of an invitation fix the relationship's id, and no more: whether whoever has answered signed the
  /// line shows when there is an answer.
  func keepForFounding(_ line: UnverifiedLine) throws -> (key: RecordKey, name: LocalName)? {
    try store.transaction(keys()) { tx in
      let open = try invitations(in: tx).filter {
        [.open, .early, .undecided].contains($0.value.stage)
      }
      guard
        let (key, invitation) = try open.first(where: { _, invitation in
          let terms = try OfferBody(wireBytes: invitation.offer).terms
          return try UnverifiedLine(terms).relationship == line.relationship
        })
      else { return nil }
      if let ledger = try ledger(of: invitation), (try? ledger.appending(line)) == nil {
        throw EngineError(.notAWithdrawal)
      }
      let owner = invitation.owner
      let waiting = try tx.scan(WaitingLine.self, .waitingLine, owner)
      if !waiting.contains(where: { $0.value.bytes == line.bytes }) {
        // Downwards from the end: the numbers of a channel's own lines begin at 1.
        let number = (waiting.first?.key.number ?? UInt64.max) - 1
        try tx.put(
          WaitingLine(kind: line.kind, origin: .carried, bytes: line.bytes), .waitingLine, owner,
          RecordKey(number))
      }
      return (key, LocalName(stored: invitation.name))
    }
  }

  /// Forgets what was kept for an answer and is not by whoever gave it.
  func forgetForeign(
    to owner: RecordOwner, upon answer: Ledger, in tx: RecordTransaction
  ) throws {
    for (key, waiting) in try tx.scan(WaitingLine.self, .waitingLine, owner) {
      let line = try UnverifiedLine(waiting.bytes)
      if (try? answer.appending(line)) == nil { try tx.delete(.waitingLine, owner, key) }
    }
  }
}
