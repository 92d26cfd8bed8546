// SPDX-License-Identifier: Apache-2.0

public import Consent
internal import EnvelopeStore

extension Alcove {
  /// What an invitation offers that brings no terms of its own, dated from now.
  public func standardTerms() throws(EngineError) -> Terms {
    try typed {
      let profile = try store.read(keys()) { try self.profile(in: $0) }
      guard profile.role == .therapist else { throw EngineError(.wrongRole) }
      return profile.terms(at: clock.now())
    }
  }
}
