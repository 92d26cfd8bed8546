// SPDX-License-Identifier: Apache-2.0

extension ConsentState {
  /// Whether the consent covers content of `scope` sent at `time` by `role`.
  ///
  /// The sender asks with its own clock, the receiver with the sent time in the message and the state
  /// under whose head it was sent. Control traffic does not ask.
  public func permits(_ scope: Scope, at time: ConsentTime, by role: ConsentRole) -> Permission {
    switch phase(at: time) {
    case .offered: return .refused(.notGranted)
    case .lapsed: return .refused(.lapsed)
    case .ended:
      return .refused(ending?.cause == .withdrawn ? .withdrawnEntirely : .ended)
    case .granted:
      // Either nothing is acknowledged, or everything that is lies in the reader's future.
      guard let start = settlements.start else { return .refused(.notAcknowledged) }
      return .refused(.notYet(from: start))
    case .expired:
      return .refused(.expired(settlement(at: time)?.validUntil ?? time))
    case .inForce: break
    }
    guard let settlement = settlement(at: time) else { return .refused(.notAcknowledged) }
    guard settlement.validFrom <= time.adding(seconds: Self.toleratedLead) else {
      return .refused(.notYet(from: settlement.validFrom))
    }
    guard settlement.scopes.contains(scope) else {
      if proposal?.scopes.contains(scope) == true { return .refused(.notAcknowledged) }
      if let ahead = settlements.last(where: { $0.scopes.contains(scope) && $0.time > time }) {
        return .refused(.notYet(from: ahead.time))
      }
      if let time = withdrawn[scope] { return .refused(.withdrawn(time)) }
      return .refused(settlement.offer.terms.offered.contains(scope) ? .notAccepted : .notOffered)
    }
    // A supervisor is there by the consent to supervision and speaks within nothing else.
    if role == .supervisor, scope != .supervision { return .refused(.notForThisRole) }
    return .allowed
  }
}
