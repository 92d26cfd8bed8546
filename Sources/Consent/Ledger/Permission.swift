// SPDX-License-Identifier: Apache-2.0

/// The answer to whether something may be sent.
public enum Permission: Equatable, Sendable {
  case allowed
  case refused(Refusal)
}

/// Why consent does not cover something.
public enum Refusal: Error, Equatable, Sendable {
  /// The client has not signed anything yet.
  case notGranted
  /// Signed by the client, not yet acknowledged by the therapist.
  case notAcknowledged
  /// The terms do not offer this scope.
  case notOffered
  /// Offered, and answered with no or not at all.
  case notAccepted
  /// The client switched this scope off, at this time.
  case withdrawn(ConsentTime)
  /// The client withdrew everything.
  case withdrawnEntirely
  /// Valid until this time, which has passed; `renew` brings it back.
  case expired(ConsentTime)
  /// Valid, or dated, from this time, which has not come.
  case notYet(from: ConsentTime)
  /// Never counter-signed in time.
  case lapsed
  /// The relationship has ended.
  case ended
  /// A supervisor does not send in this scope.
  case notForThisRole
}
