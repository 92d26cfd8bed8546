// SPDX-License-Identifier: Apache-2.0

public import Consent

/// Somebody whom this profile is, or is about to be, connected to.
public struct Person: Equatable, Sendable {
  public enum State: String, Sendable {
    /// The therapist's invitation has not been answered.
    case invited
    /// The client has answered; the therapist's side has not yet, since it has not synced, or since the answer is
    /// dated ahead of its clock, as ``Person/trouble`` says then.
    case answered
    /// The relationship's channel exists.
    case connected
    /// The consent has ended or lapsed; everything stays readable.
    case ended
    /// Something cannot go on; ``Person/trouble`` says what.
    case stopped
    /// What is kept of the relationship here does not hold or does not open; ``Person/trouble`` says which.
    case damaged
    /// The invitation came to nothing: expired, answered twice, or its answer was given up.
    case void
  }

  public let name: LocalName
  public let state: State
  /// What the other person is to this relationship.
  public let role: ConsentRole
  /// How the other person named themselves in the ledger; nil before the ledger is known.
  public let signedAs: String?
  public let verified: Bool
  /// The phase of the consent.
  public let consent: ConsentPhase?
  public let unread: Int
  /// Messages and consent lines of this profile that the relay does not hold yet.
  public let waiting: Int
  public let epoch: UInt64?
  /// When this device last replaced its keys in the group; seconds since 1970.
  public let lastOwnCommit: Int64?
  /// When the other side last showed that it had read, and up to which position.
  public let confirmed: Confirmation?
  public let trouble: EngineError?
  /// For an open invitation: the link and its end.
  public let invitation: Invitation?
  /// What waits for a decision of this person: a consent line to counter-sign.
  public let awaitsDecision: Bool
  /// For a client: newer terms wait for an answer.
  public let newTermsWait: Bool

  public struct Confirmation: Equatable, Sendable {
    public let position: UInt64
    public let time: Int64
  }
}

extension Person {
  /// Somebody of whom nothing can be read but the row in the list of people.
  init(damaged record: RelationshipRecord, _ trouble: EngineError) {
    self.init(
      damaged: record.name, role: record.mine == .therapist ? .client : .therapist,
      verified: record.verified, trouble)
  }

  /// The same of an invitation.
  init(damaged invitation: InvitationRecord, _ trouble: EngineError) {
    self.init(
      damaged: invitation.name, role: invitation.isClients ? .therapist : .client, verified: false,
      trouble)
  }

  private init(damaged name: String, role: ConsentRole, verified: Bool, _ trouble: EngineError) {
    self.init(
      name: LocalName(stored: name), state: .damaged, role: role, signedAs: nil,
      verified: verified, consent: nil, unread: 0, waiting: 0, epoch: nil,
      lastOwnCommit: nil, confirmed: nil, trouble: trouble, invitation: nil,
      awaitsDecision: false, newTermsWait: false)
  }
}
