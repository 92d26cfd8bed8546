// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore

extension Alcove {
  /// Signs the withdrawal of an answer that is not counter-signed yet; nil if there is none to that name.
  ///
  /// It stands upon terms and grant, which every member will have, so it is valid wherever it lands. It waits
  /// among the records of the relationship to come, binds from now on, and is carried by the first commit after
  /// joining: no other way leads into the ledger.
  ///
  /// - Parameter way: Where it goes from here, if the invitation is over.
  func withdrawAnswer(
    to name: LocalName, _ withdrawal: Withdrawal, by way: WithdrawalWay
  ) throws -> (line: UnverifiedLine, obstacle: EngineError)? {
    try store.transaction(keys()) { tx in
      guard
        case (let key, var invitation)? = try invitations(in: tx).first(where: {
          $0.value.name == name.text && $0.value.isClients
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
      guard invitation.stage == .over else {
        return (line, EngineError(.notYetConnected, about: name.text))
      }
      let standing = way == .file ? EngineError.Code.invitationGone : .withdrawalNotCarried
      invitation.failure = standing.rawValue
      try tx.put(invitation, .invitation, profileOwner, key)
      return (line, EngineError(standing, about: name.text))
    }
  }

  /// Ends an invitation that came to nothing: its secret goes, and everything of the relationship that does
  /// not come.
  ///
  /// Not so where a client has withdrawn the answer. The other side may have counter-signed it, whatever
  /// became of the intake since, and has the consent in force until the withdrawal gets there.
  func end(
    _ invitation: inout InvitationRecord, _ code: EngineError.Code, in tx: RecordTransaction
  ) throws {
    invitation.failure = code.rawValue
    if !invitation.isClients {
      invitation.stage = .closing
    } else if try tx.count(.waitingLine, invitation.owner) > 0 {
      invitation.forgetSecrets()
      invitation.failure = EngineError.Code.withdrawalNotCarried.rawValue
      return
    } else {
      invitation.forgetEverything()
    }
    try erase(invitation.owner, in: tx)
  }

  /// Throws where an invitation is over and a withdrawal of its answer has not been handed over: no channel
  /// ever takes it there.
  func requireHandedOver(_ invitation: InvitationRecord) throws {
    let code = EngineError.Code.withdrawalNotCarried
    guard invitation.stage == .over, invitation.failure == code.rawValue else { return }
    throw EngineError(code, about: invitation.name)
  }
}

/// How a withdrawal gets to the other side.
enum WithdrawalWay {
  case channel
  case file
}
