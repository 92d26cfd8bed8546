// SPDX-License-Identifier: Apache-2.0

internal import Consent

/// Whether the consent covers a message: one question with two readers.
///
/// The sender asks with its own clock and the ledger as it stands, less what this device has withdrawn
/// and not yet landed. The receiver asks with the sent time in the message and the ledger of the epoch in
/// which it came, so that what every member finds is the same.
struct ConsentGate: Sendable {
  let state: ConsentState
  let role: ConsentRole

  /// Nil if content of this scope may be sent at `time`.
  func refusal(of scope: Scope, at time: Int64) -> Refusal? {
    switch state.permits(scope, at: ConsentTime(clamping: time), by: role) {
    case .allowed: nil
    case .refused(let refusal): refusal
    }
  }

  /// What to say to a sender.
  static func code(for refusal: Refusal) -> EngineError.Code {
    switch refusal {
    case .notGranted, .notAcknowledged, .notYet: .consentNotAcknowledged
    case .notOffered, .notAccepted, .notForThisRole: .consentMissing
    case .withdrawn, .withdrawnEntirely: .consentWithdrawn
    case .expired: .consentExpired
    case .lapsed: .consentLapsed
    case .ended: .relationshipEnded
    }
  }

  /// Under which heading a received message is kept apart.
  static func quarantine(for refusal: Refusal) -> Quarantine {
    switch refusal {
    case .notOffered, .notAccepted, .notForThisRole, .withdrawn: .scope
    case .expired: .expired
    case .notGranted, .notAcknowledged, .notYet, .withdrawnEntirely, .lapsed, .ended: .notInForce
    }
  }
}
