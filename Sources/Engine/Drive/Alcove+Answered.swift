// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore

extension Alcove {
  /// Signs the withdrawal of an answer that is not counter-signed yet; nil if there is none to that name.
  ///
  /// It stands upon terms and grant, which every member will have, so it is valid wherever it lands. It waits
  /// among the records of the relationship to come, binds from now on, and is carried by the first commit after
  /// joining: no other way leads into the ledger.
  func withdrawAnswer(
    to name: LocalName, _ withdrawal: Withdrawal
  ) throws -> UnverifiedLine? {
    try store.transaction(keys()) { tx in
      guard
        let invitation = try invitations(in: tx).map(\.value).first(where: {
          $0.name == name.text && $0.stage == .answered
        }), let ledger = try ledger(of: invitation)
      else { return nil }
      let owner = invitation.owner
      let line = try sign(
        .withdraw(withdrawal), upon: ledger, void: [], owner: owner, now: clock.now())
      do {
        _ = try ledger.appending(line)
      } catch {
        throw EngineError(.consentLineRefused, about: name.text)
      }
      // From the end: the numbers of a channel's own lines begin at 1.
      let number = UInt64.max - UInt64(try tx.count(.waitingLine, owner))
      try tx.put(
        WaitingLine(kind: line.kind, origin: .person, bytes: line.bytes), .waitingLine, owner,
        RecordKey(number))
      return line
    }
  }
}
